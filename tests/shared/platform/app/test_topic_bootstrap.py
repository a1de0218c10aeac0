"""Bootstrap creates the contract's topics once, and records their incarnation."""

from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.contracts import topics as contract
from shared.platform.app import topic_bootstrap
from shared.platform.app.topic_bootstrap import CannotCreate, bootstrap
from shared.platform.kafka.bus import Bus
from shared.platform.kafka.kafka_options import kafka_options, producer_options
from shared.platform.repair.incarnations import incarnation_ids
from tests.support.stack import Servers

SUBMITTED = contract.SUBMITTED.name


async def run_bootstrap(servers: Servers, *, remake: bool = False) -> int:
    kafka = servers.kafka
    return await bootstrap(
        kafka_options(kafka), producer_options(kafka), replication=1, remake=remake
    )


async def ids(bus: Bus) -> dict[str, str]:
    return incarnation_ids(await bus.read_all(contract.TOPICS.name, contract.TOPICS.partitions))


@pytest.mark.real
async def test_every_topic_of_the_contract_is_there_with_its_partitions(bus: Bus) -> None:
    assert await bus.partitions(contract.BY_NAME) == {
        one.name: one.partitions for one in contract.ALL
    }


@pytest.mark.real
async def test_every_topic_has_an_id_of_its_own(bus: Bus) -> None:
    found = await ids(bus)
    assert found.keys() == contract.BY_NAME.keys()
    assert len(set(found.values())) == len(found)


@pytest.mark.real
async def test_again_it_changes_nothing(servers: Servers, bus: Bus) -> None:
    before = await ids(bus)
    assert await run_bootstrap(servers) == 0
    assert await ids(bus) == before


@pytest.mark.real
async def test_only_a_topic_that_was_made_anew_gets_another_id(own_servers: Servers) -> None:
    bus = own_servers.bus()
    await bus.start()
    before = await ids(bus)
    admin = AIOKafkaAdminClient(**kafka_options(own_servers.kafka))
    await admin.start()
    await admin.delete_topics([SUBMITTED])
    await admin.create_topics([NewTopic(SUBMITTED, 4, 1)])
    with pytest.raises(CannotCreate, match=SUBMITTED.replace(".", r"\.")):
        await run_bootstrap(own_servers)
    assert await run_bootstrap(own_servers, remake=True) == 1
    after = await ids(bus)
    assert {name for name in before if before[name] != after[name]} == {SUBMITTED}
    assert await bus.partitions([SUBMITTED]) == {SUBMITTED: 6}
    await admin.close()
    await bus.stop()


@pytest.mark.real
async def test_a_broker_that_forgot_everything_gets_all_ids_anew(own_servers: Servers) -> None:
    bus = own_servers.bus()
    await bus.start()
    before = await ids(bus)
    await own_servers.restart_broker()
    after = await ids(bus)
    assert after.keys() == before.keys()
    assert not set(before.values()) & set(after.values())
    await bus.stop()


def test_the_command_says_in_one_line_why_it_could_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    async def refused(*_: object, **__: object) -> int:
        raise CannotCreate("letters.submitted: Kafka error 38")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAILBOX_ENV", "dev")
    monkeypatch.setenv("MAILBOX_KAFKA_BOOTSTRAP", "127.0.0.1:9")
    monkeypatch.setattr(topic_bootstrap, "bootstrap", refused)
    assert topic_bootstrap.main() == 1
    assert capsys.readouterr().err == "topics: letters.submitted: Kafka error 38\n"


def test_configurations_are_those_of_the_contract() -> None:
    assert topic_bootstrap.configs(contract.TOPICS, replication=3)["cleanup.policy"] == "compact"
    actions, letters = contract.actions_of("guangzhou"), contract.letters_of("guangzhou")
    assert topic_bootstrap.configs(actions, replication=3)["compression.type"] == "uncompressed"
    assert "compression.type" not in topic_bootstrap.configs(letters, replication=3)
    assert topic_bootstrap.configs(contract.TOPICS, replication=3)["retention.ms"] == "-1"
    assert topic_bootstrap.configs(contract.SUBMITTED, replication=3) == {
        "cleanup.policy": "delete",
        "retention.ms": str(90 * 86_400_000),
        "min.insync.replicas": "2",
    }


def test_a_cluster_that_keeps_one_copy_is_not_asked_for_two() -> None:
    assert topic_bootstrap.copies(contract.SUBMITTED, replication=1) == 1
    assert topic_bootstrap.configs(contract.SUBMITTED, replication=1)["min.insync.replicas"] == "1"
    assert topic_bootstrap.configs(contract.SUBMITTED, replication=9)["min.insync.replicas"] == "2"
