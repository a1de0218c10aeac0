"""Leads any letter to an end from whatever state it is in."""

from datetime import datetime, timedelta
from typing import Any

from services.router.domain.decide import decide
from services.router.domain.due_dates import Rulebook
from services.router.domain.escalation import ConfirmClock
from services.router.domain.evolve import evolve
from services.router.domain.handling import AcceptLetter
from services.router.domain.letter import Letter
from services.router.domain.replies import DeclineLetter, ReplyToLetter
from services.router.domain.signing import SendBack, SignAnswer
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.values import By
from shared.contracts.vocabulary import ClockName
from shared.kernel.errors import NotAllowed, TooLate
from tests.router.anyone import REASON, STAFF
from tests.router.story import REPLY

MOST_STEPS = 8
NAMED = By(role="chief", staff="example-province-named-2")


def reach(letter: Letter, now: datetime, *, rulebook: Rulebook) -> None:
    """Go the way to the end; fails when there is none."""
    for _ in range(MOST_STEPS):
        if letter.state in ("declined", "closed", "withdrawn"):
            return
        letter = _gone_on(letter, now, rulebook=rulebook)
    raise AssertionError(f"no end from {letter.state}")


def _gone_on(letter: Letter, now: datetime, *, rulebook: Rulebook) -> Letter:
    if letter.state == "signing":
        return _signed(letter, now, rulebook=rulebook)
    return _after(_next(letter, now), letter, rulebook=rulebook)


def _after(command: Any, letter: Letter, *, rulebook: Rulebook) -> Letter:
    for event in decide(command, letter, rulebook=rulebook):
        now = evolve(letter, event)
        assert isinstance(now, Letter)
        letter = now
    return letter


def _next(letter: Letter, now: datetime) -> Any:
    holder: dict[str, Any] = {
        "bureau": letter.holder,
        "assignment": letter.assignment,
        "by": By(role="handler" if letter.is_quiet else "bureau", staff="somebody"),
        "at": now,
    }
    match letter.state:
        case "triage":
            return DeclineLetter(
                **holder, decline_reason="no_content", where_to_turn=None, words=REPLY
            )
        case "routed":
            return AcceptLetter(**holder)
        case "handling":
            return ReplyToLetter(**holder, outcome="resolved", words=REPLY)
        case "supplement":
            return _passing(letter, "answer")
        case "replied":
            return _passing(letter, "rating")
        case _:
            raise AssertionError(f"nobody can do anything in {letter.state}")


def _passing(letter: Letter, name: ClockName) -> ConfirmClock:
    clock = letter.running(name)
    assert clock is not None
    fired = ClockFired(
        clock=name,
        round=clock.round,
        level="effect",
        due_on=clock.due_on,
        passed_at=clock.passes_at,
        progress_sequence=1,
    )
    return ConfirmClock(fired, at=clock.passes_at + timedelta(seconds=1))


def _signed(letter: Letter, now: datetime, *, rulebook: Rulebook) -> Letter:
    for by in (*STAFF, NAMED):
        try:
            return _after(SignAnswer(by, now), letter, rulebook=rulebook)
        except NotAllowed:
            continue
        except TooLate:
            return _after(SendBack(by, now, REASON), letter, rulebook=rulebook)
    raise AssertionError("nobody can sign")
