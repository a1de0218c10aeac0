"""An operator's command finds the local stack by itself, and its service's settings in it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.__main__ import main
from deploy.local.operate import NotRunning, operate
from deploy.local.stack.ports import variable
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.letters.dead_letters import Faulty
from shared.platform.mongo.database import Database
from shared.platform.runtime.clock import utc_now
from tests.support.builders import LETTER, SUBMITTED_TOPIC, asked
from tests.support.stack import Servers, own_servers

__all__ = ["own_servers"]

EVENT = f"{SUBMITTED_TOPIC}/{LETTER}/1"


def test_without_a_stack_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match="make run"):
        operate("router", ["parked", "list"], environment={"MAILBOX_LOCAL_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    "words", [[], ["list"], ["bob", "list"]], ids=["none", "list", "a stranger"]
)
@pytest.mark.parametrize("command", ["parked", "rotate"])
def test_a_service_that_is_none_is_asked_for(
    command: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, *words]) == 2
    assert f"make {command} SERVICE=router" in capsys.readouterr().err


@pytest.mark.real
@pytest.mark.slow
def test_it_lists_shows_and_drops_what_the_stack_s_service_has_parked(
    own_servers: Servers, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(own_servers).items():
        monkeypatch.setenv(name, value)
    asyncio.run(park(own_servers))
    assert main(["parked", "router", "list"]) == 0
    assert capfd.readouterr().out.splitlines()[1].startswith(EVENT)
    assert main(["parked", "notifier", "list"]) == 0
    assert capfd.readouterr().out.startswith("0 ")
    assert main(["rotate", "router", "--check"]) == 0
    assert "router-1" in capfd.readouterr().out
    assert main(["rotate", "router"]) == 0
    assert main(["rotate", "router", "now"]) == 2
    assert main(["calendar-changed"]) == 0
    assert "letters with new dates" in capfd.readouterr().out
    assert main(["parked", "router", "replay", "--all"]) == 1
    assert "still can't be read" in capfd.readouterr().err
    assert main(["parked", "router", "drop", EVENT]) == 2
    assert main(["parked", "router", "drop", EVENT, "--yes"]) == 0
    assert main(["parked", "router", "show", EVENT]) == 2
    assert main(["parked", "router", "dance"]) == 2


@pytest.mark.real
@pytest.mark.slow
def test_it_lists_what_is_due_and_carries_a_ledger_to_every_service(
    own_servers: Servers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment(own_servers).items():
        monkeypatch.setenv(name, value)
    assert main(["erase"]) == 0
    assert "nothing is due" in capfd.readouterr().out
    ledger = str(tmp_path / "erasures.jsonl")
    assert main(["erasures", "export", ledger]) == 0
    assert main(["erasures", "apply", ledger]) == 0
    assert capfd.readouterr().out.count("erased again") == 4


def environment(servers: Servers) -> Mapping[str, str]:
    """The environment that selects the stack for a command."""
    ports = servers.stack.ports.named()
    return {
        "MAILBOX_LOCAL_DIR": str(servers.stack.place.local),
        **{variable(name): str(port) for name, port in ports.items()},
    }


async def park(servers: Servers) -> None:
    """Park something as the stack's router does."""
    ring = KeyRing.load(servers.stack.place.keys / "router.ring.json")
    database = Database(servers.environment["MAILBOX_MONGO_URI"], "mailbox_router")
    try:
        parking = DeadLetterStore(database.collection("parked"), ring, now=utc_now)
        await parking.park([Faulty(replace(asked(1), value=b"{"), "unreadable", "bad_json")])
    finally:
        database.close()
