"""The plan has the right children, in the right order, with the right settings."""

from pathlib import Path

import pytest

from deploy.local.kafka.cluster import LocalCluster
from deploy.local.kafka.node import NodePorts
from deploy.local.stack.embedded import Embedded
from deploy.local.stack.paths import StackPaths
from deploy.local.stack.plan import (
    CLOCK_FILE,
    ISSUER_PATH,
    SERVICES,
    Child,
    Done,
    Http,
    Tcp,
    UnknownChild,
    followers,
    plan,
    tiers,
)
from deploy.local.stack.ports import Ports
from shared.platform.runtime.setting_checks import DEV_ISSUER_MARK

PLACE = StackPaths(Path("/somewhere/with a space"))
PORTS = Ports()


def children(*only: str, session_ms: int = 3_000) -> dict[str, Child]:
    engines = Embedded(PLACE, PORTS, Path("/broker"))
    planned = plan(PLACE, PORTS, engines=engines, only=only, session_ms=session_ms)
    return {child.name: child for child in planned}


def test_the_whole_stack_starts_from_the_servers_to_the_bureaus() -> None:
    names = [tuple(child.name for child in tier) for tier in tiers(children().values())]
    assert names == [
        ("broker", "database", "issuer", "gateway", "sample"),
        ("topics",),
        SERVICES,
        ("bureaus",),
    ]


def test_children_are_chosen_by_name_and_by_group() -> None:
    assert set(children("servers", "issuer")) == {"broker", "database", "issuer"}
    assert set(children("services")) == set(SERVICES)


def test_an_unknown_child_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownChild, match="no 'kafka'; choose from broker, database"):
        children("kafka")


def test_what_uses_the_broker_follows_it_and_nothing_follows_another() -> None:
    stack = children().values()
    following = [child.name for child in followers(stack, "broker")]
    assert following == ["topics", *SERVICES, "bureaus"]
    assert not followers(stack, "database")


def test_readiness_is_a_port_a_page_or_an_end() -> None:
    found = children()
    assert found["broker"].ready == Tcp(PORTS.kafka)
    assert found["database"].ready == Tcp(PORTS.mongo)
    assert found["topics"].ready == Done()
    assert found["router"].ready == Http(PORTS.router)


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_told_where_everything_is(name: str) -> None:
    told = children()[name].settings
    assert told["MAILBOX_ENV"] == "dev"
    assert told["MAILBOX_KAFKA_BOOTSTRAP"] == "127.0.0.1:19092"
    assert told["MAILBOX_KAFKA_IDEMPOTENT"] == "false"
    assert told["MAILBOX_MONGO_URI"].startswith("mongodb://127.0.0.1:27027/?directConnection=true")
    assert told["MAILBOX_KEYS_DIR"] == "/somewhere/with a space/keys"
    for side in ("STAFF", "CITIZEN"):
        issuer = told[f"MAILBOX_{side}_ISSUER"]
        assert told[f"MAILBOX_{side}_JWKS_URL"] == f"{issuer}/jwks.json"
    assert told["MAILBOX_STAFF_ISSUER"] != told["MAILBOX_CITIZEN_ISSUER"]
    assert told[f"MAILBOX_{name.upper()}_HTTP_PORT"] == str(PORTS.named()[name])
    assert told[f"MAILBOX_{name.upper()}_DATABASE"] == f"mailbox_{name}"


def test_the_notifier_alone_knows_the_gateway() -> None:
    knowing = {
        name
        for name, child in children().items()
        if "MAILBOX_NOTIFIER_GATEWAY_URL" in child.settings
    }
    assert knowing == {"notifier"}


@pytest.mark.parametrize(("session", "beat"), [(3_000, 300), (1_000, 200), (500, 100)])
def test_heartbeats_fit_well_into_a_session(session: int, beat: int) -> None:
    told = children(session_ms=session)["intake"].settings
    assert told["MAILBOX_KAFKA_SESSION_MS"] == str(session)
    assert told["MAILBOX_KAFKA_HEARTBEAT_MS"] == str(beat)


def test_the_issuer_carries_the_mark_that_production_refuses() -> None:
    assert DEV_ISSUER_MARK in ISSUER_PATH


def test_everything_listens_on_loopback_only() -> None:
    for child in children().values():
        assert "0.0.0.0" not in " ".join(child.command)  # noqa: S104 - looked for, to refuse it


def test_a_place_must_not_depend_on_the_current_folder() -> None:
    with pytest.raises(ValueError, match="absolute"):
        StackPaths(Path(".local"))


def test_whoever_asks_for_the_broker_gets_all_of_it() -> None:
    nodes = tuple(NodePorts(*range(at, at + 4)) for at in (20_000, 20_010, 20_020))
    engines = LocalCluster(PLACE, PORTS, nodes)
    planned = {child.name: child for child in plan(PLACE, PORTS, engines=engines, only=["servers"])}
    assert set(planned) == {"broker", "broker-2", "broker-3", "database"}
    told = planned["broker-2"].settings
    assert told["MAILBOX_KAFKA_BOOTSTRAP"] == "127.0.0.1:20000,127.0.0.1:20010,127.0.0.1:20020"
    assert told["MAILBOX_KAFKA_SECURITY"] == "SASL_SSL"
    assert "MAILBOX_KAFKA_IDEMPOTENT" not in told


def test_what_uses_a_broker_that_keeps_its_records_lives_through_its_death() -> None:
    engines = LocalCluster(PLACE, PORTS, (NodePorts(20_000, 20_001, 20_002, 20_003),))
    assert followers(plan(PLACE, PORTS, engines=engines), "broker") == ()


def test_messages_leave_at_any_hour_unless_the_clock_is_played_or_quiet_hours_are_given() -> None:
    engines = Embedded(PLACE, PORTS, Path("/broker"))
    until = "MAILBOX_NOTIFIER_QUIET_UNTIL"
    found = [
        plan(PLACE, PORTS, engines=engines, only=["notifier"], given=given)[0].settings.get(until)
        for given in ({}, {until: "07:00"}, {CLOCK_FILE: "/clock"})
    ]
    assert found == ["00:00", "07:00", None]
