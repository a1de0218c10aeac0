"""The access policy on the pages of staff: nobody is told of a letter that they may not see.

Each page of each person is compared, to the last byte, with the same page of a router in which the
letters that they may not see never came in; only keys and tokens of forms differ.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio

from services.router import pages
from services.router.pages.decision_forms import EVERY_FORM
from tests.router.desk_pages import Browsers, browsers
from tests.router.outsiders import SHUT_OUT, everybody, sight_of, visible
from tests.support.letter_world import CASES, NUMBERS, UNKNOWN, WORD, Worlds, fill, mark
from tests.support.watching import paths_of

pytestmark = pytest.mark.timeout(240)
in_one_loop = pytest.mark.asyncio(loop_scope="module")

RANDOM: Final = re.compile(r'(name="(?:csrf|key)" value=")[^"]*"')
"""What differs between two answers with the same content."""
LISTS: Final = (
    "/desk/inbox",
    "/desk/inbox?state=handling",
    "/desk/inbox?state=routed",
    "/desk/inbox?due=week",
    "/desk/inbox?who=free",
    "/desk/inbox?police_type=traffic",
    "/desk/triage",
    "/desk/triage/queue",
    "/desk/signing",
    "/desk/reading",
    "/desk/reading/next",
    "/desk/signing/next",
    "/desk/supervision",
    "/desk/supervision/letters",
    "/desk/supervision/letters?state=handling",
    "/desk/supervision/letters?holder=province",
    "/desk/supervision/letters.csv",
    "/desk/audit",
    "/desk/audit/2026-11-22.csv",
    "/desk/audit/2026-11-22.jsonl",
)
OF_LETTERS: Final = (
    "/desk/letters/{letter}",
    "/desk/letters/{letter}/claim",
    "/desk/letters/{letter}/reply",
    *(f"/desk/letters/{{letter}}/{name}" for name in EVERY_FORM),
    "/desk/triage?letter={letter}",
    "/desk/triage/{letter}/reclassify",
    "/desk/triage/{letter}/decline",
    "/desk/triage/{letter}/link",
    "/desk/letters/{letter}/sign",
    "/desk/letters/{letter}/read",
    "/desk/signing/{letter}",
    "/desk/signing/{letter}/sign?draft=1",
    "/desk/signing/{letter}/send_back",
    "/desk/reading/{letter}",
    "/desk/reading/{letter}/instruct",
)
POSTED: Final[Mapping[str, Mapping[str, Any]]] = {
    "/desk/letters/{letter}/claim": {"what": "claim"},
    "/desk/letters/{letter}/reply": {"text": "您好。", "step": "save"},
    **{
        f"/desk/letters/{{letter}}/{name}": {"step": "send", "text": "因故。"}
        for name in EVERY_FORM
    },
    "/desk/triage/{letter}/route": {"bureau": "foshan"},
    "/desk/triage/{letter}/reclassify": {"category": "request"},
    "/desk/triage/{letter}/decline": {"step": "send", "text": "因故。"},
    "/desk/triage/{letter}/link": {"kind": "duplicate", "with": UNKNOWN},
    "/desk/signing/{letter}/sign": {"draft": "1"},
    "/desk/signing/{letter}/send_back": {"text": "因故。"},
    "/desk/reading/{letter}/read": {},
    "/desk/reading/{letter}/instruct": {"text": "因故。"},
}
BESIDE: Final = {
    "/desk/inbox/search",
    "/desk/inbox/views",
    "/desk/inbox/pass_on",
    "/desk/triage/undo",
    "/desk/triage/dismiss",
    "/desk/audit/keys.json",
    "/desk/audit/{day}.csv",
    "/desk/audit/{day}.jsonl",
    "/desk/audit/{day}.jws",
}
"""Forms without a letter in the path: asked below, or about the person's own things."""


@asynccontextmanager
async def pages_with(folder: Path, names: frozenset[str]) -> AsyncIterator[Browsers]:
    async with browsers(folder) as at:
        await fill(at.office, names)
        await at.refresh()
        yield at


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worlds(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worlds[Browsers]]:
    async with AsyncExitStack() as opened:
        yield Worlds(opened, partial(pages_with, tmp_path_factory.mktemp("keys")))


def told(answer: httpx.Response) -> tuple[int, str, str | None]:
    """What an answer tells: its status, its content and where it leads."""
    text = RANDOM.sub(r'\1"', answer.text)
    return answer.status_code, text, answer.headers.get("location")


def told_of(answer: httpx.Response, number: str) -> tuple[int, str, str | None]:
    """The same with the number that was asked for left out."""
    status, text, location = told(answer)
    return status, text.replace(number, "N"), location and location.replace(number, "N")


def leaks(who: str, answer: httpx.Response, *, asked: str = "") -> list[str]:
    """What an answer tells this person that it must not; `asked`: what they typed themself."""
    text = f"{answer.text} {answer.headers.get('location', '')}"
    text = text.replace(asked, "") if asked else text
    found = [
        f"number of {name}" for name in CASES if NUMBERS[name] in text and not _is_seen(who, name)
    ]
    return found + [
        f"words of {name}" for name in CASES if mark(name) in text and not _is_read(who, name)
    ]


def _is_seen(who: str, name: str) -> bool:
    return sight_of(who, name) != "nothing"


def _is_read(who: str, name: str) -> bool:
    return sight_of(who, name) in ("all", "past")


def test_every_page_is_asked() -> None:
    """A new page is asked here, too."""
    asked = {path.partition("?")[0] for path in (*LISTS, *OF_LETTERS, *POSTED)} | BESIDE
    missing = {
        path
        for path in paths_of(pages.router)
        if not any(
            re.fullmatch(re.sub(r"\\\{(what|name)\\\}", "[^/{]+", re.escape(path)), one)
            for one in asked
        )
    }
    assert missing == set()


@in_one_loop
@pytest.mark.parametrize("who", everybody())
async def test_lists_are_as_if_hidden_letters_did_not_exist(
    worlds: Worlds[Browsers], who: str
) -> None:
    """No number, no words, no count, no order: the same page to the last byte."""
    full, own = await worlds.with_only(frozenset(CASES)), await worlds.with_only(visible(who))
    for path in LISTS:
        for at in (full, own):
            at.leases.kept.clear()  # what other clerks have before them is no secret
        answer = await full.get(who, path)
        assert leaks(who, answer) == [], path
        assert told(answer) == told(await own.get(who, path)), path
    for words in (WORD, mark("handling"), mark("unit routed"), mark("department")):
        answer = await full.post(who, "/desk/inbox/search", words=words)
        assert leaks(who, answer, asked=words) == [], words
        assert told(answer) == told(await own.post(who, "/desk/inbox/search", words=words)), words


@in_one_loop
@pytest.mark.parametrize("who", everybody(without=SHUT_OUT))
async def test_a_letter_s_page_is_as_if_hidden_ones_did_not_exist(
    worlds: Worlds[Browsers], who: str
) -> None:
    full, own = await worlds.with_only(frozenset(CASES)), await worlds.with_only(visible(who))
    for name in sorted(visible(who)):
        path = f"/desk/letters/{NUMBERS[name]}"
        answer = await full.get(who, path)
        assert answer.status_code == 200, (name, answer.status_code)
        assert leaks(who, answer) == [], name
        assert told(answer) == told(await own.get(who, path)), name


@in_one_loop
@pytest.mark.parametrize("who", everybody())
async def test_a_hidden_letter_has_no_page_and_none_differs_from_an_unknown_one(
    worlds: Worlds[Browsers], who: str, commands: list[str]
) -> None:
    """The same answer after as many database commands, for every page and every form."""
    full = await worlds.with_only(frozenset(CASES))
    hidden = cycle(name for name in CASES if not _is_seen(who, name))
    before = dict(full.office.shelf.documents.kept)
    for form in OF_LETTERS:
        for name in islice(hidden, 1):
            seen = [
                await _get(full, who, form, number, commands) for number in (UNKNOWN, NUMBERS[name])
            ]
            assert seen[0] == seen[1], (form, name)
    for form, fields in POSTED.items():
        for name in islice(hidden, 1):
            done = [
                await _post(full, who, form, number, fields, commands)
                for number in (UNKNOWN, NUMBERS[name])
            ]
            assert done[0] == done[1], (form, name)
    assert full.office.shelf.documents.kept == before


async def _get(at: Browsers, who: str, form: str, number: str, commands: list[str]) -> Any:
    await at.cookies(who)
    commands.clear()
    answer = await at.get(who, form.replace("{letter}", number))
    assert number == UNKNOWN or answer.status_code != 200 or number not in answer.text
    return told_of(answer, number), list(commands)


async def _post(
    at: Browsers, who: str, form: str, number: str, fields: Mapping[str, Any], commands: list[str]
) -> Any:
    await at.cookies(who)
    commands.clear()
    answer = await at.post(who, form.replace("{letter}", number), **fields)
    return told_of(answer, number), list(commands)
