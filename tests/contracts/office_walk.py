"""A walk through all that the router can be asked, with its real shell and face."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from services.router import wiring
from services.router.api import router
from services.router.domain.escalation import RecountDues
from services.router.domain.public_keys import AnnounceKeys, RecordResent
from services.router.jobs.bureau_notices import send_snapshots
from services.router.store.public_keys import key_rules
from shared.contracts import actions_v1 as actions
from shared.contracts import submitted_v1 as intake
from shared.contracts.bureau_v1 import ActionApplied
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.event import Action
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.topics import DEADLINES, PUBLISHED, SUBMITTED, letters_of
from shared.contracts.vocabulary import ClockName, LevelName
from shared.kernel.letter_number import new_letter_number
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letters import Letters
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import IdempotentCommand, ServiceDecider
from shared.sealing.key_directory import anchors
from tests.router import key_desk
from tests.router.desking import CHIEF, PROVINCE, do
from tests.router.key_story import GZ
from tests.router.office import Office, holders_beside, office
from tests.router.story import ATTACHMENT, NOTE, receive
from tests.router.test_actions import ACCEPT, ASK, REQUESTS, TEXT, WAYS, act
from tests.router.test_invariants import STORMY
from tests.support.doubles import Memory
from tests.support.sealed_shell import SealedShell, seals
from tests.support.watching import Reached, routes_of

ROUTES = routes_of(router)
PROMISE = {"commitments": [{"due_on": "2026-12-31", "text": "年底前回访。"}]}
DESKS: tuple[tuple[tuple[Any, ...], ...], ...] = (
    (
        *(("accept", "gz"), ("pass_on", "gz"), ("unit_accept", "gz-traffic"), ("note", "gz")),
        *(("link", "gz"), ("request_extension", "gz"), ("decide_extension", CHIEF)),
        *(("instruct", PROVINCE), ("read", CHIEF), ("answer_instruction", "gz-traffic")),
        *(("reply", "gz", PROMISE), ("propose_publication", CHIEF), ("fulfil", "gz")),
    ),
    (
        *(("supervise", "wu"), ("mark_petition", "lin"), ("mark_disclosure", "wu")),
        *(("recall", "wu"), ("route", "lin"), ("consent_return", "wu"), ("reclassify", "lin")),
        *(("decline_at_triage", "lin"), ("sign", PROVINCE)),
    ),
    (("decline", "gz"), ("send_back", CHIEF), ("reclassify", "lin")),
    (("decline", "gz"), ("sign", CHIEF)),
    (("return", "gz"),),
    (("accept", "gz"), ("ask", "gz"), ("conflict", "lin")),
)
"""Requests at the desks about one letter after another: action, person, additions."""


async def walk(folder: Path, reached: Reached) -> set[type[Action]]:
    """Do all of it; returns the actions that were reported to bureaus as done."""
    async with office(folder, reached.watch) as desk:
        reached.listen(desk.client, ROUTES)
        letters = _numbers()
        declined = await _desks(desk, letters)
        await desk.shelf.hear_events(
            SUBMITTED.name, declined, intake.AppealRequested(request_id="r-1", words=TEXT)
        )
        asked = await _actions(desk, letters)
        await _requests(desk, letters)
        await _services(desk, letters)
        await _clocks(desk, letters)
        await _keys(desk)
        await _told_anew(desk)
        assert (
            await desk.client.post("/v1/search", json={}, headers=desk.headers("lin"))
        ).is_success
        await _recounted(desk, reached)
        await _announced(desk, reached)
        for sent in desk.shelf.bus.sends:
            reached.hear(sent)
        return _applied(desk, asked)


def _numbers() -> Iterator[str]:
    return (new_letter_number(number.to_bytes(10, "big")) for number in count(1))


async def _desks(desk: Office, letters: Iterator[str]) -> str:
    """The number of the letter that was refused."""
    numbers = []
    for way in DESKS:
        numbers.append(letter := next(letters))
        await desk.receive(letter, receive())
        for what, who, *more in way:
            answer = await do(desk, what, who, letter, **(more[0] if more else {}))
            assert answer.is_success, (what, answer.text)
    return numbers[1]


async def _actions(desk: Office, letters: Iterator[str]) -> dict[Any, type[Action]]:
    """The id of each action."""
    resend = act(actions.RequestResend, from_sequence=1, snapshot=True)
    obey = act(actions.AnswerInstruction, instruction=1, words=NOTE)
    asked: dict[Any, type[Action]] = {}
    for before, action, _ in (*WAYS, ([], resend, []), ([ACCEPT], obey, [])):
        letter = next(letters)
        await desk.receive(letter, receive())
        await do(desk, "instruct", PROVINCE, letter)
        for one in (*before, action):
            await desk.act(one, letter=letter)
            asked[one.action_id] = type(one)
    await desk.act(act(actions.Accept), letter=next(letters))
    return asked


async def _requests(desk: Office, letters: Iterator[str]) -> None:
    for before, request, _ in REQUESTS:
        letter = next(letters)
        await desk.receive(letter, receive())
        for one in before:
            await desk.act(one, letter=letter)
        await desk.shelf.hear_events(SUBMITTED.name, letter, request)


async def _services(desk: Office, letters: Iterator[str]) -> None:
    """Events of intake and the publisher about a letter up to its end."""
    letter = next(letters)
    await desk.receive(letter, receive())
    await desk.shelf.hear_events(
        SUBMITTED.name,
        letter,
        intake.IdentityWithheld(bureau="guangzhou", assignment=1, reason="no_key"),
        intake.IdentitySealed(bureau="guangzhou", assignment=1, kid="gz-1"),
        intake.AttachmentScanned(attachment=ATTACHMENT.id, outcome="refused"),
    )
    at = desk.shelf.now()
    published = LetterPublished(publication="p-1", path="/publications/p-1", published_at=at)
    await desk.shelf.hear_events(PUBLISHED.name, letter, published)
    await desk.shelf.hear_events(
        SUBMITTED.name,
        letter,
        intake.WithdrawalRequested(request_id="r-1", reason="mistake"),
        intake.LetterErased(what=("words",), rule="letters.five_years"),
    )


async def _clocks(desk: Office, letters: Iterator[str]) -> None:
    letter = next(letters)
    await desk.receive(letter, receive())
    await _fire(desk, letter, "reply", "red")
    for action in (ACCEPT, ASK):
        await desk.act(action, letter=letter)
    await _fire(desk, letter, "answer", "effect")


async def _fire(desk: Office, letter: str, name: ClockName, level: LevelName) -> None:
    """The notifier proposes a level."""
    clock = (await desk.letter(letter)).running(name)
    assert clock is not None
    fired = ClockFired(
        clock=name,
        round=clock.round,
        level=level,
        due_on=clock.due_on,
        passed_at=clock.passes_at,
        progress_sequence=1,
    )
    await desk.shelf.hear_events(DEADLINES.name, letter, fired)


async def _keys(desk: Office) -> None:
    await key_desk.propose(desk)
    await key_desk.confirm(desk)
    await key_desk.post(desk, "retirement", {"kid": f"{GZ}.new"}, key="retire-it-1")
    since = desk.shelf.now() + timedelta(hours=1)
    for at in (since, since + timedelta(days=1)):
        await desk.holders.commands.execute(IdempotentCommand(GZ, RecordResent(at), f"anew-{at}"))


async def _told_anew(desk: Office) -> None:
    """An operator sends a bureau snapshots of its letters."""
    async for told in send_snapshots(desk.shelf.documents, now=desk.shelf.now)("guangzhou", "walk"):
        await desk.shelf.commands.execute(told)


async def _announced(desk: Office, reached: Reached) -> None:
    """A development stack announces its keys."""
    own = anchors({"router": ECKey.generate_key("P-256")})
    holders = holders_beside(desk.shelf, reached.watch(key_rules(own)))
    await holders.documents.decide_and_store(
        [IdempotentCommand("router", AnnounceKeys("router", desk.shelf.now()), "announced")]
    )


def _letters(desk: Office, rules: ServiceDecider[Any, Any]) -> Letters[Any, Any]:
    """The desk's letters under other rules."""
    shelf: SealedShell[Any, Any] = desk.shelf
    return Letters(
        rules,
        seals("router"),
        history=EventLog(shelf.documents, moved=Memory(), asked=Memory()),
        sender=Sender(shelf.bus),
        now=shelf.now,
    )


async def _recounted(desk: Office, reached: Reached) -> None:
    """The calendar has changed; a process with the new one counts again."""
    shelf: SealedShell[Any, Any] = desk.shelf
    letters = _letters(desk, reached.watch(wiring.rules(STORMY)))
    numbers = [number for number in shelf.documents.kept if number.startswith("GD-")]
    await letters.decide_and_store(
        [IdempotentCommand(one, RecountDues(at=shelf.now()), "calendar-1") for one in numbers]
    )


def _applied(desk: Office, asked: dict[Any, type[Action]]) -> set[type[Action]]:
    said = desk.shelf.said(letters_of("guangzhou").name)
    return {asked[one.data.action_id] for one in said if isinstance(one.data, ActionApplied)}
