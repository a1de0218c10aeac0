"""The engines of a stack: the chosen ones, else those of its last run; the broker's settings."""

from pathlib import Path

import pytest
from cryptography import x509

from deploy.local.kafka.certificates import Certificates
from deploy.local.kafka.cluster import LocalCluster
from deploy.local.kafka.node import NodePorts, properties
from deploy.local.kafka.passwords import ADMIN
from deploy.local.stack.embedded import Embedded
from deploy.local.stack.engines import BadEngines, engines_of, remember
from deploy.local.stack.paths import StackPaths
from deploy.local.stack.ports import Ports, free_ports
from shared.contracts.topics import principals, user_of

KAFKA = {"MAILBOX_ENGINES": "kafka"}
NODES = tuple(NodePorts(*range(at, at + 4)) for at in (20_000, 20_010, 20_020))


@pytest.fixture
def place(tmp_path: Path) -> StackPaths:
    """A stack's folder, and one in which Apache Kafka seems to be installed."""
    (tmp_path / "engines" / "jars").mkdir(parents=True)
    (tmp_path / "local").mkdir()
    return StackPaths(tmp_path / "local", engines=tmp_path / "engines")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"MAILBOX_ENGINES": "rabbit"}, "MAILBOX_ENGINES must be one of embedded, kafka"),
        ({**KAFKA, "MAILBOX_BROKERS": "2"}, "MAILBOX_BROKERS must be 1 or 3"),
        ({**KAFKA, "MAILBOX_BROKERS": "many"}, "MAILBOX_BROKERS must be 1 or 3"),
        ({"MAILBOX_DATABASE_CACHE": "lots"}, "MAILBOX_DATABASE_CACHE must be a size such as"),
        ({"MAILBOX_DATABASE_CACHE": "0M"}, "MAILBOX_DATABASE_CACHE must be a size such as"),
        ({"MAILBOX_DATABASE_CACHE": "256M --auth"}, "MAILBOX_DATABASE_CACHE must be a size"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_in_a_sentence(
    place: StackPaths, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(BadEngines, match=said):
        engines_of(place, Ports(), environment=environment)


def test_apache_kafka_that_is_not_there_is_said_so(place: StackPaths) -> None:
    (place.engines / "jars").rmdir()
    with pytest.raises(BadEngines, match="run `make engines` first"):
        engines_of(place, Ports(), environment=KAFKA)


def test_a_folder_remembers_its_engines_until_told_otherwise(place: StackPaths) -> None:
    chosen = engines_of(place, Ports(), environment={**KAFKA, "MAILBOX_BROKERS": "3"})
    remember(place, chosen)
    again = engines_of(place, Ports(), environment={})
    assert isinstance(again, LocalCluster)
    assert again.brokers == 3
    told = engines_of(place, Ports(), environment={"MAILBOX_ENGINES": "embedded"})
    assert isinstance(told, Embedded)


@pytest.mark.parametrize("kept", ["", "{", '{"engines": "kafka"}', "[]"])
def test_a_memory_that_cannot_be_read_counts_for_nothing(place: StackPaths, kept: str) -> None:
    place.engines_file.write_text(kept)
    assert isinstance(engines_of(place, Ports(), environment={}), Embedded)


def test_brokers_come_back_on_their_ports_and_with_their_passwords(place: StackPaths) -> None:
    ports = free_ports()
    first = LocalCluster.of(place, ports, brokers=3)
    first.prepare()
    made = {path.name: path.read_text() for path in first.passwords.iterdir()}
    again = LocalCluster.of(place, ports, brokers=3)
    again.prepare()
    assert again.nodes == first.nodes
    assert again.nodes[0].clients == ports.kafka
    assert {path.name: path.read_text() for path in again.passwords.iterdir()} == made
    assert set(made) == {ADMIN, *map(user_of, principals())}
    assert len(set(made.values())) == len(made)
    assert LocalCluster.of(place, ports, brokers=1).brokers == 1


def test_nothing_that_opens_the_broker_can_be_read_by_others(place: StackPaths) -> None:
    cluster = LocalCluster.of(place, free_ports(), brokers=1)
    cluster.prepare()
    cluster.certificates.client("bureau.foshan")
    files = [path for path in (place.keys / "kafka").rglob("*") if path.is_file()]
    assert len(files) > len(principals())
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_each_is_given_its_own_password_alone(place: StackPaths) -> None:
    cluster = LocalCluster.of(place, free_ports(), brokers=1)
    cluster.prepare()
    router = cluster.own("router")
    assert router["MAILBOX_KAFKA_USERNAME"] == "router"
    assert router["MAILBOX_KAFKA_PASSWORD"] == (cluster.passwords / "router").read_text()
    assert cluster.own("bureau:foshan")["MAILBOX_KAFKA_USERNAME"] == "bureau.foshan"
    assert set(cluster.own("bureaus")) == {"MAILBOX_KAFKA_PASSWORDS_DIR"}
    assert not any("password" in word for child in cluster.servers() for word in child.settings)


def test_certificates_are_of_one_authority_and_name_their_user(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    certificates.make()
    authority = certificates.authority.read_bytes()
    certificates.make()
    assert certificates.authority.read_bytes() == authority
    root = x509.load_pem_x509_certificate(authority)
    own = certificates.client("bureau.foshan")
    for path, name in ((own, "bureau.foshan"), (certificates.broker, "broker")):
        leaf = x509.load_pem_x509_certificate(path.read_bytes())
        leaf.verify_directly_issued_by(root)
        assert leaf.subject.rfc4514_string() == f"CN={name}"


@pytest.mark.parametrize("count", [1, 3])
def test_a_broker_lets_in_nobody_by_default_and_keeps_enough_copies(count: int) -> None:
    told = properties(
        1, NODES[:count], folder=Path("/data"), certificates=Certificates(Path("/keys"))
    )
    assert told["allow.everyone.if.no.acl.found"] == "false"
    assert told["auto.create.topics.enable"] == "false"
    assert told["authorizer.class.name"].endswith("StandardAuthorizer")
    assert "PLAINTEXT" not in str(told)
    assert told["super.users"] == f"User:CN=broker;User:{ADMIN}"
    assert told["default.replication.factor"] == str(count)
    assert told["min.insync.replicas"] == str(min(2, count))
    assert len(told["controller.quorum.voters"].split(",")) == count


@pytest.mark.parametrize("engines", ["embedded", "kafka"])
def test_the_embedded_database_gets_the_memory_that_a_setting_allows(
    place: StackPaths, engines: str
) -> None:
    told = {"MAILBOX_ENGINES": engines}
    for environment, size in ((told, "256M"), ({**told, "MAILBOX_DATABASE_CACHE": "2G"}, "2G")):
        children = engines_of(place, Ports(), environment=environment).servers()
        database = next(child for child in children if child.name == "database")
        assert f"--cache-size {size}" in " ".join(database.command)
        assert database.settings["MALLOC_ARENA_MAX"] == "2"
