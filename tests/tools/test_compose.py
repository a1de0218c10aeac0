"""The Compose file starts what there is, with settings that somebody reads, and no more rights."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from clients.bureau.simulate.settings import SimulateSettings
from shared.platform.topics import BootstrapSettings
from tests.tools.test_images import stages
from tools.k8s.place import ROOT, RULES, Json
from tools.k8s.programs import OF_ALL_STAND_INS, STAND_INS
from tools.k8s.settings_page import SERVICES, variables

FOLDER = ROOT / "deploy" / "compose"
OURS = ("topics", "issuer", "messages", "bureaus", *SERVICES)
THEIRS = {"kafka": "apache/kafka:", "mongo": "mongo:", "prometheus": "prom/", "grafana": "grafana/"}
COMPOSE_KEYS = {
    "build", "cap_drop", "command", "depends_on", "entrypoint", "environment", "healthcheck",
    "image", "ports", "read_only", "restart", "security_opt", "stop_grace_period", "tmpfs", "user",
    "volumes",
}  # fmt: skip


@cache
def compose() -> Json:
    found: Json = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    return found


def service(name: str) -> Json:
    found: Json = compose()["services"][name]
    return found


def reads(name: str) -> set[str]:
    """The variables that the program in a container of ours knows."""
    if name in SERVICES:
        # what all services share is set for all, and each takes what it knows
        common = {one for kind in SERVICES.values() for one in variables(kind)}
        own = {one for one in common if not one.startswith(_prefixes(name))}
        return own | set(variables(BootstrapSettings))
    match service(name)["command"]:
        case ["shared.platform.topics"]:
            return {one for kind in SERVICES.values() for one in variables(kind)} | set(
                variables(BootstrapSettings)
            )
        case ["clients.bureau.simulate"]:
            return {f"MAILBOX_{field}".upper() for field in SimulateSettings.model_fields}
        case [module]:
            return STAND_INS[module] | OF_ALL_STAND_INS
        case _:
            raise AssertionError(name)


def _prefixes(name: str) -> tuple[str, ...]:
    return tuple(f"MAILBOX_{other.upper()}_" for other in SERVICES if other != name)


def test_every_word_of_a_service_is_one_that_compose_knows() -> None:
    for one in compose()["services"].values():
        assert set(one) <= COMPOSE_KEYS


@pytest.mark.parametrize("name", OURS)
def test_each_variable_is_one_that_the_program_reads(name: str) -> None:
    told = {one for one in service(name)["environment"] if one.startswith("MAILBOX_")}
    assert told
    assert told <= reads(name)


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_told_all_that_it_needs(name: str) -> None:
    settings, told = SERVICES[name], service(name)["environment"]
    names = variables(settings)
    given = {field for variable, field in names.items() if variable in told}
    needed = {field for field, about in settings.model_fields.items() if about.is_required()}
    assert needed <= given


@pytest.mark.parametrize("name", SERVICES)
def test_what_services_are_told_is_what_their_settings_take(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in service(name)["environment"].items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("MAILBOX_KEYS_DIR", str(tmp_path))
    settings = SERVICES[name]()
    assert (settings.http_host, settings.http_port) == ("0.0.0.0", 8080)  # noqa: S104 - in a container
    assert settings.is_development


@pytest.mark.parametrize("name", OURS)
def test_nobody_of_ours_may_do_more_than_in_a_cluster(name: str) -> None:
    one = service(name)
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]


def test_all_ports_are_open_on_loopback_alone_and_none_twice() -> None:
    ports = [str(port) for one in compose()["services"].values() for port in one.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in ports)
    outer = [port.split(":")[1] for port in ports]
    assert len(outer) == len(set(outer))


def test_every_target_that_is_built_is_there() -> None:
    built = [one["build"] for one in compose()["services"].values() if "build" in one]
    assert {one["target"] for one in built} <= set(stages())
    for one in built:
        assert (FOLDER / one["context"] / one["dockerfile"]).is_file()


def test_images_are_pinned_and_those_that_are_not_built_are_others_or_built_beside() -> None:
    tagged = {name: one["image"] for name, one in compose()["services"].items() if "image" in one}
    built = {service(name)["image"] for name in tagged if "build" in service(name)}
    for name, image in tagged.items():
        assert image in built or image.startswith(THEIRS[name])
        assert image.rpartition(":")[2] not in {"", "latest"}


def test_apache_kafka_is_the_one_that_is_tested() -> None:
    version = service("kafka")["image"].rpartition(":")[2]
    assert f"<kafka.version>{version}<" in (ROOT / "deploy/local/kafka/pom.xml").read_text("utf-8")
    cluster = (ROOT / "deploy/k8s/components/kafka/cluster.yaml").read_text("utf-8")
    assert f"version: {version}\n" in cluster


def test_whoever_waits_waits_for_somebody_and_for_what_that_one_can_do() -> None:
    services = compose()["services"]
    for one in services.values():
        waits = one.get("depends_on", {})
        for name, how in waits.items() if isinstance(waits, dict) else ():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[name]
            else:
                assert services[name].get("restart") != "unless-stopped"
        assert set(waits) <= set(services)


def test_volumes_are_named_or_there() -> None:
    for one in compose()["services"].values():
        for volume in one.get("volumes", ()):
            source = volume.split(":")[0]
            is_of_rules = (FOLDER / source).resolve() == RULES.parent
            assert source in compose()["volumes"] or (FOLDER / source).exists() or is_of_rules


def test_prometheus_scrapes_every_service_at_its_port() -> None:
    told: Any = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))
    [job] = told["scrape_configs"]
    [targets] = job["static_configs"]
    assert targets["targets"] == [f"{name}:8080" for name in SERVICES]
    assert told["rule_files"] == ["/etc/prometheus/mailbox/rules/*.yml"]


def test_grafana_asks_prometheus() -> None:
    told = yaml.safe_load((FOLDER / "grafana" / "datasource.yaml").read_text("utf-8"))
    assert told["datasources"][0]["url"] == "http://prometheus:9090"
