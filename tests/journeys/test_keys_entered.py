"""Public keys on a real stack: entered by two people, used from then on, and retired.

Real processes, broker and database. Two stacks: a development stack that changes its keys while
letters go through, and one that starts without any key, as production does.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest

from clients.bureau.arrivals import Arrived, opened, read
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from deploy.local.stack import children
from deploy.local.stack.children import ChildProcess
from deploy.local.stack.engines import engines_of
from deploy.local.stack.paths import StackPaths
from deploy.local.stack.plan import plan
from deploy.local.stack.ports import Ports, free_ports
from deploy.local.stack.supervisor import Stack, running_stack
from shared.contracts.bureau_v1 import LetterAssigned
from shared.contracts.topics import BY_NAME, KEYS, SUBMITTED, letters_of
from shared.platform.kafka.bus import Inbound, Outbound
from shared.sealing.compact_jwe import header_of
from tests.clients.making import Fetched
from tests.journeys.people import Json, People
from tests.journeys.supervisors import enter, make_key, retire, standing
from tests.support.reaching import bus_of
from tests.support.sealed_shell import read as read_record

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(300)]

GZ = "bureau:guangzhou"
TOPIC = letters_of("guangzhou").name
LETTER: Json = {
    "subject": "[手动] 红绿灯不亮",
    "body": "村口的红绿灯坏了三个月，请交警看看。",
    "category": "request",
    "place": {"city": "guangzhou"},
}
LONGEST = "办" * 20_000


async def submit(people: People, key: str) -> str:
    """A writer sends a letter; returns its number."""
    address = f"{people.face('intake')}/v1/letters"
    answer = await people.call("chen", "POST", address=address, key=key, body=LETTER)
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["letter"]
    return number


async def on_topic(stack: Stack, topic: str) -> list[Inbound]:
    """All records of a topic."""
    return await bus_of(stack.settings("topics")).read_all(topic, BY_NAME[topic].partitions)


def told(found: Sequence[Inbound], keys: Keys, number: str) -> list[Arrived]:
    """The bureau's events about a letter, decrypted with its keys."""
    raws = [
        Fetched(one.topic, one.partition, one.offset, one.key, one.value, list(one.headers))
        for one in found
    ]
    arrived = [one for one in map(read, raws) if isinstance(one, Arrived)]
    return [opened(one, keys) for one in arrived if one.letter == number]


async def kinds(stack: Stack, keys: Keys, number: str) -> Json:
    """The bureau's events about a letter: type, and whether it could be decrypted."""
    found = told(await on_topic(stack, TOPIC), keys, number)
    return {one.type.removeprefix("gd.mailbox."): not one.closed for one in found}


# --- under traffic -------------------------------------------------------------------------------


async def test_keys_change_while_letters_go_through(tmp_path: Path) -> None:
    async with (
        running_stack(tmp_path, session_ms=1_000) as stack,
        httpx.AsyncClient(timeout=20) as client,
    ):
        people, folder = People(stack, client), stack.place.keys
        file = folder / "bureaus" / "guangzhou.private.jwks.json"
        async with writing(people) as numbers:
            await make_key(people, GZ, file)
            bureau_kid = await enter(people, GZ, file)
            for holder in ("router", "intake"):
                own = folder / f"{holder}.private.jwks.json"
                await make_key(people, holder, own)
                await enter(people, holder, own)
        numbers.append(await submit(people, "keys-journey-last"))
        keys = Keys.load(file, PublicKeys())
        whole = await people.until(
            partial(_whole, stack, keys, numbers),
            lambda seen: seen["whole"] == len(numbers),
            what="every letter at the bureau, readable",
        )
        assert whole["closed"] == 0
        await _is_sealed_for(stack, TOPIC, numbers[-1], bureau_kid)
        await _is_answered(people, numbers[-1])
        await _is_retired(people, numbers[0], stack, keys)
        await _is_well(people)


@asynccontextmanager
async def writing(people: People) -> AsyncIterator[list[str]]:
    """Letters arrive until the end of the block; yields their numbers."""
    numbers: list[str] = []

    async def write() -> None:
        while True:
            numbers.append(await submit(people, f"keys-journey-{len(numbers):04}"))
            await asyncio.sleep(0.1)

    task = asyncio.create_task(write())
    try:
        yield numbers
    finally:
        task.cancel()
        (fault,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(fault, asyncio.CancelledError), fault
        assert len(numbers) > 5


async def _whole(stack: Stack, keys: Keys, numbers: Sequence[str]) -> Json:
    """The number of letters with readable text and writer, and the unreadable envelopes."""
    found = await on_topic(stack, TOPIC)
    arrived = {number: told(found, keys, number) for number in numbers}
    wanted = {"gd.mailbox.letter.assigned.v1", "gd.mailbox.letter.identity.v1"}
    return {
        "whole": sum(wanted <= {one.type for one in mine} for mine in arrived.values()),
        "closed": sum(bool(one.closed) for mine in arrived.values() for one in mine),
    }


async def _is_sealed_for(stack: Stack, topic: str, number: str, kid: str) -> None:
    """Whether the last letter's words are for the new key alone."""
    mine = [one for one in await on_topic(stack, topic) if one.key.decode() == number]
    for one in mine:
        said = read_record(Outbound(one.topic, one.key, one.value, one.headers))
        for words in said.data.sealed_fields().values():
            for envelope in (words or {}).values():
                assert header_of(envelope)["kid"] == kid


async def _is_answered(people: People, number: str) -> None:
    """The bureau's command learns the router's new key by itself."""
    code, printed = await people.bureau("accept", number, "--bureau", "guangzhou")
    assert code == 0, printed
    words = ("--bureau", "guangzhou", "--text", LONGEST, "--outcome", "resolved")
    code, printed = await people.bureau("reply", number, *words)
    assert code == 0, printed
    address = f"{people.face('intake')}/v1/letters/{number}"
    replied = await people.until(
        lambda: people.see("chen", address), lambda seen: seen["reply"], what="the reply"
    )
    assert replied["reply"]["text"] == LONGEST


async def _is_retired(people: People, number: str, stack: Stack, keys: Keys) -> None:
    """The bureau's first key is retired; its letters are sent again under the newest one."""
    first = (await standing(people, GZ))[GZ]
    assert not first["is_used"]
    await retire(people, GZ, GZ, first["fingerprint"])
    assert (await standing(people, GZ))[GZ]["retired"]
    identities = await people.until(
        lambda: _identities(stack, keys, number),
        lambda seen: seen["count"] >= 2,
        what="the identity under the newest key",
    )
    assert identities["open"]


async def _identities(stack: Stack, keys: Keys, number: str) -> Json:
    found = told(await on_topic(stack, TOPIC), keys, number)
    mine = [one for one in found if one.type == "gd.mailbox.letter.identity.v1"]
    return {"count": len(mine), "open": all(not one.closed for one in mine)}


async def _is_well(people: People) -> None:
    """Nothing is parked, and nobody lacks a key."""
    for name in ("intake", "router", "notifier", "publisher"):
        shown = await people.read_open(f"{people.face(name)}/metrics")
        assert 'mailbox_keys_lacking_holders{reason="bad_key"} 0.0' in shown
        assert "mailbox_keys_unopenable_keys 0.0" in shown
        assert "mailbox_parking_parked_total{" not in shown


# --- from nothing --------------------------------------------------------------------------------

SERVICES = ("router", "intake")


@asynccontextmanager
async def keyless(folder: Path, ports: Ports, keys: Path) -> AsyncIterator[dict[str, ChildProcess]]:
    """Router and intake as processes whose folder holds private keys alone."""
    place = StackPaths(folder)
    own = {"MAILBOX_KEYS_DIR": str(keys)}
    engines = engines_of(place, ports, environment=os.environ)
    started: dict[str, ChildProcess] = {}
    try:
        for child in plan(place, ports, engines=engines, only=SERVICES, session_ms=1_000):
            child = replace(child, settings={**child.settings, **own})  # noqa: PLW2901 - the same child
            started[child.name] = await children.start(child, place.log(child.name))
        yield started
    finally:
        await asyncio.gather(*(one.stop() for one in started.values()))


async def test_a_suite_without_keys_waits_and_goes_on_once_they_are_entered(
    tmp_path: Path,
) -> None:
    ports = free_ports()
    only = ("broker", "database", "issuer", "topics")
    async with (
        running_stack(tmp_path, ports=ports, only=only, session_ms=1_000) as stack,
        httpx.AsyncClient(timeout=20) as client,
    ):
        people, keys = People(stack, client), tmp_path / "own-keys"
        shutil.copytree(stack.place.keys, keys)
        (keys / "public.jwks.json").unlink()
        async with keyless(tmp_path, ports, keys):
            await people.is_served(by="router")
            await _takes_no_letter(client, people)
            for holder in ("router", "intake", "notifier", "publisher"):
                await enter(people, holder, keys / f"{holder}.private.jwks.json")
            await people.is_served(by="intake")
            await _tells_the_bureau(stack, people, keys / "bureaus" / "guangzhou.private.jwks.json")
        await _begins_with_what_it_knew(stack, client, people, keys)
        assert len({one.key for one in await on_topic(stack, KEYS.name)}) == 5
        assert len({one.key for one in await on_topic(stack, SUBMITTED.name)}) == 3


async def _takes_no_letter(client: httpx.AsyncClient, people: People) -> None:
    """Intake says what is missing, and when to try again."""
    await people.until(
        lambda: people.health("intake"),
        lambda seen: seen.get("not_ready") == ["keys"],
        what="intake without keys",
    )
    address = f"{people.face('intake')}/v1/letters"
    refused = await people.call("chen", "POST", address=address, key="keyless-01", body=LETTER)
    assert (refused.status_code, refused.json()["code"]) == (503, "not_ready")


async def _tells_the_bureau(stack: Stack, people: People, file: Path) -> None:
    """Without words and identity as long as the bureau has no key, then complete."""
    number, bureau = await submit(people, "keyless-01"), Keys.load(file, PublicKeys())
    await people.until(
        partial(kinds, stack, bureau, number),
        lambda seen: "identity.withheld.v1" in seen,
        what="told without identity",
    )
    found = told(await on_topic(stack, TOPIC), bureau, number)
    (assigned,) = [one.event for one in found if isinstance(one.event, LetterAssigned)]
    assert assigned.words is None
    await enter(people, GZ, file)
    later = await submit(people, "keyless-02")
    seen = await people.until(
        partial(kinds, stack, bureau, later),
        lambda seen: {"letter.assigned.v1", "letter.identity.v1"} <= seen.keys(),
        what="told whole",
    )
    assert all(seen.values())


async def _begins_with_what_it_knew(
    stack: Stack, client: httpx.AsyncClient, people: People, keys: Path
) -> None:
    """Intake restarts without the router: it has stored the keys."""
    (child,) = plan(
        stack.place, stack.ports, engines=stack.engines, only=["intake"], session_ms=1_000
    )
    child = replace(child, settings={**child.settings, "MAILBOX_KEYS_DIR": str(keys)})
    intake = await children.start(child, stack.place.log("intake"))
    try:
        await people.is_served(by="intake")
        await submit(people, "keyless-03")
    finally:
        await intake.stop()
