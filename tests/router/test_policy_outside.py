"""The access policy as everybody meets it: each route, list, search and act against a table.

Whoever may not see a letter gets the same answers, after as many database commands, as if it did
not exist: neither a count nor an order nor a time tells of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from itertools import cycle, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import httpx
import pytest
import pytest_asyncio

from services.router.api import router
from shared.contracts.vocabulary import State
from tests.intake.faces import is_problem, token
from tests.router.desking import BODIES
from tests.router.office import Office, office
from tests.router.outsiders import PEOPLE, SEEN, SHUT_OUT, everybody, sight_of, visible
from tests.router.story import NAME, PHONE
from tests.support.letter_world import CASES, LATER, NUMBERS, UNKNOWN, WORD, Worlds, fill, mark
from tests.support.watching import paths_of

pytestmark = pytest.mark.timeout(240)
in_one_loop = pytest.mark.asyncio(loop_scope="module")

TEXTS = ("all", "past")
"""Sights that include words."""
HOLDERS = ("triage", "guangzhou", "foshan", "shenzhen", "province")
STATES: Sequence[str] = get_args(State)
BESIDE = {"/v1/keys", "/v1/keys/{holder}/proposal", "/v1/keys/{holder}/retirement"} | {
    "/v1/keys/{holder}/confirmation"
}
"""Routes that have nothing to do with letters."""


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    body: dict[str, Any] | None = None
    params: dict[str, Any] = field(default_factory=dict)


LISTS = [
    Asked("/v1/triage"),
    Asked("/v1/follow_up"),
    *(Asked("/v1/letters", params={"state": state}) for state in STATES),
    *(Asked("/v1/letters", params={"state": state, "holder": "guangzhou"}) for state in STATES),
    *(Asked("/v1/letters", params={"state": "triage", "holder": holder}) for holder in HOLDERS),
    *(Asked("/v1/letters", params={"state": "routed", "holder": holder}) for holder in HOLDERS),
]
SEARCHES = [
    Asked("/v1/search", body)
    for body in (
        {},
        {"words": WORD},
        {"words": f"{WORD}坏了", "city": "guangzhou"},
        *({"state": state} for state in STATES),
        *({"holder": holder} for holder in HOLDERS),
        {"category": "complaint"},
        {"city": "foshan"},
        {"district": "440104"},
        {"due_until": "2026-12-31"},
        {"received_from": "2026-11-20", "received_until": "2026-11-30"},
    )
]
COVERED = {ask.path for ask in (*LISTS, *SEARCHES)} | {"/v1/letters/{letter}"}


@asynccontextmanager
async def office_with(folder: Path, names: frozenset[str]) -> AsyncIterator[Office]:
    async with office(folder) as desk:
        await fill(desk, names)
        yield desk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worlds(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worlds[Office]]:
    async with AsyncExitStack() as opened:
        yield Worlds(opened, partial(office_with, tmp_path_factory.mktemp("keys")))


@cache
def signed_in(who: str, *, at: datetime) -> Mapping[str, str]:
    """The header of a person who has just signed in; the clock stands still here."""
    given = token(who, at=at, roles=list(PEOPLE[who]))
    return MappingProxyType({"authorization": f"Bearer {given}"})


async def ask(desk: Office, who: str, asked: Asked) -> httpx.Response:
    """The person's request."""
    return await desk.client.request(
        "GET" if asked.body is None else "POST",
        asked.path,
        params=asked.params,
        json=asked.body,
        headers=signed_in(who, at=desk.shelf.now()),
    )


async def act(desk: Office, who: str, what: str, number: str) -> httpx.Response:
    """The person does something with a letter, or tries to."""
    headers = {**signed_in(who, at=desk.shelf.now()), "idempotency-key": f"outside-{what}"}
    answer = await desk.client.post(
        f"/v1/letters/{number}/{what}", json=BODIES[what], headers=headers
    )
    await desk.shelf.quiet()
    return answer


def leaks(who: str, text: str) -> list[str]:
    """What an answer tells this person that it must not."""
    found = [
        f"number of {name}" for name in CASES if NUMBERS[name] in text and not _seen(who, name)
    ]
    found += [f"words of {name}" for name in CASES if mark(name) in text and not _text(who, name)]
    return found + [secret for secret in (PHONE,) if secret in text and who in SHUT_OUT]


def _seen(who: str, name: str) -> bool:
    return sight_of(who, name) != "nothing"


def _text(who: str, name: str) -> bool:
    return sight_of(who, name) in TEXTS


# --- the table ---------------------------------------------------------------------------------


def test_every_case_has_its_row() -> None:
    assert SEEN.keys() == CASES.keys()


def test_every_route_is_asked() -> None:
    """A new route is asked here, or has nothing to do with letters."""
    acts = {f"/v1/letters/{{letter}}/{what}" for what in BODIES}
    assert paths_of(router) == COVERED | acts | BESIDE


# --- one letter --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", everybody())
@in_one_loop
async def test_a_letter_is_shown_as_far_as_the_table_says(worlds: Worlds[Office], who: str) -> None:
    desk = await worlds.full()
    seen = {}
    for name, number in NUMBERS.items():
        answer = await ask(desk, who, Asked(f"/v1/letters/{number}"))
        assert leaks(who, answer.text) == [], name
        if answer.status_code == 200:
            seen[name] = answer.json()["sight"]
        else:
            assert is_problem(answer, "403 not_allowed" if who in SHUT_OUT else "404 not_found")
    assert seen == {name: sight_of(who, name) for name in visible(who)}


@in_one_loop
async def test_a_former_holder_reads_nothing_of_later(worlds: Worlds[Office]) -> None:
    desk = await worlds.full()
    for who, sees in (("fs", True), ("gz", False), ("gz-chief", False)):
        text = (await ask(desk, who, Asked(f"/v1/letters/{NUMBERS['moved']}"))).text
        assert (LATER.text in text) == sees, who


@pytest.mark.parametrize("who", ["gz-inspection", "pv", "pv-inspection", "lin"])
@in_one_loop
async def test_nobody_reads_who_complained(worlds: Worlds[Office], who: str) -> None:
    desk = await worlds.full()
    for name in visible(who):
        if "about" in CASES[name].fields:
            text = (await ask(desk, who, Asked(f"/v1/letters/{NUMBERS[name]}"))).text
            assert not [secret for secret in (NAME, PHONE) if secret in text], name


# --- lists, counts, orders -----------------------------------------------------------------------


@pytest.mark.parametrize("who", everybody())
@in_one_loop
async def test_lists_and_searches_are_as_if_hidden_letters_did_not_exist(
    worlds: Worlds[Office], who: str
) -> None:
    """The same answers, to the last byte, as where those letters never came in."""
    full, own = await worlds.full(), await worlds.with_only(visible(who))
    for asked in (*LISTS, *SEARCHES):
        answer = await ask(full, who, asked)
        assert leaks(who, answer.text) == [], asked
        without = await ask(own, who, asked)
        assert (answer.status_code, answer.text) == (without.status_code, without.text), asked


@pytest.mark.parametrize("who", everybody(without=SHUT_OUT))
@in_one_loop
async def test_each_letter_is_found_by_those_who_see_it_alone(
    worlds: Worlds[Office], who: str
) -> None:
    desk = await worlds.full()
    for name, number in NUMBERS.items():
        by_number = (await ask(desk, who, Asked("/v1/search", {"number": number}))).json()
        by_words = (await ask(desk, who, Asked("/v1/search", {"words": mark(name)}))).json()
        assert [hit["letter"] for hit in by_number["letters"]] == [number] * _seen(who, name)
        assert [hit["letter"] for hit in by_words["letters"]] == [number] * _text(who, name)


@pytest.mark.parametrize("who", everybody(without=SHUT_OUT | {"odd"}))
@in_one_loop
async def test_a_letter_is_as_if_hidden_ones_did_not_exist(
    worlds: Worlds[Office], who: str
) -> None:
    """Nor are those named among the letters like it."""
    full, own = await worlds.full(), await worlds.with_only(visible(who))
    for name in visible(who):
        one = Asked(f"/v1/letters/{NUMBERS[name]}")
        assert (await ask(full, who, one)).text == (await ask(own, who, one)).text, name


# --- time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", everybody(without=SHUT_OUT))
@in_one_loop
async def test_a_hidden_letter_costs_what_an_unknown_one_costs(
    worlds: Worlds[Office], who: str, commands: list[str]
) -> None:
    desk = await worlds.full()

    async def cost(asked: Asked) -> tuple[int, str, list[str]]:
        commands.clear()
        answer = await ask(desk, who, asked)
        return answer.status_code, answer.text, list(commands)

    hidden = [name for name in CASES if not _seen(who, name)]
    for name in hidden:
        number = NUMBERS[name]
        assert await cost(Asked(f"/v1/letters/{number}")) == await cost(
            Asked(f"/v1/letters/{UNKNOWN}")
        )
        assert await cost(Asked("/v1/search", {"number": number})) == await cost(
            Asked("/v1/search", {"number": UNKNOWN})
        )


# --- acts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", everybody())
@in_one_loop
async def test_nothing_is_done_with_a_hidden_letter_and_no_answer_differs(
    worlds: Worlds[Office], who: str, commands: list[str]
) -> None:
    """Every act is tried, each with several hidden letters, so that each letter is tried too."""
    desk = await worlds.full()
    hidden = cycle(name for name in CASES if not _seen(who, name))
    before = dict(desk.shelf.documents.kept)
    for what in BODIES:
        commands.clear()
        unknown = await act(desk, who, what, UNKNOWN)
        cost = list(commands)
        assert unknown.status_code in (403, 404)
        for name in islice(hidden, 2):
            commands.clear()
            answer = await act(desk, who, what, NUMBERS[name])
            assert (answer.status_code, answer.text) == (unknown.status_code, unknown.text), name
            assert commands == cost, (what, name)
    assert desk.shelf.documents.kept == before


@pytest.mark.parametrize("who", ["gz", "gz-chief", "gz-traffic", "pv"])
@in_one_loop
async def test_nothing_is_done_with_a_letter_of_which_one_sees_a_part(
    worlds: Worlds[Office], who: str
) -> None:
    """A former holder, and those who follow its course, only watch."""
    desk = await worlds.full()
    before = dict(desk.shelf.documents.kept)
    for name in visible(who):
        if sight_of(who, name) == "all":
            continue
        for what in BODIES:
            answer = await act(desk, who, what, NUMBERS[name])
            assert answer.status_code in (403, 404), (what, name, answer.text)
    assert desk.shelf.documents.kept == before
