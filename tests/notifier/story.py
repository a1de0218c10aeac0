"""Letters and events for tests of the notifier."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from services.notifier.domain.decide import Command
from services.notifier.domain.decide import decide as decide_by
from services.notifier.domain.evolve import NotifierEvent, evolve
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.notification_policy import NotificationPolicy
from services.notifier.domain.progress import RecordProgress
from services.notifier.wiring import rules
from shared.contracts.diverted_v1 import DutySeen, LetterDiverted
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    LetterAccepted,
    LetterEscalated,
    LetterPassedOn,
    LetterReceived,
    LetterReplied,
)
from shared.contracts.slugs import Holder
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import About, By, ClockChange, Level, Receipt, Triage
from shared.contracts.vocabulary import ClockName, Language, LevelName
from shared.contracts.words import Contact
from shared.platform.runtime import data_files
from tests.support.given import Decider, Given
from tests.support.moving import moment

FactT = TypeVar("FactT", bound=Fact)

POLICY = NotificationPolicy(data_files.calendar(), data_files.policies())
RULES = rules(POLICY)
decide = partial(decide_by, policy=POLICY)
given: Given[Command, NotifierLetter, NotifierEvent] = Given(
    Decider(NotifierLetter(), decide, evolve)
)

LETTER = "GD-7K2M-9QXT-4HBN-W3RD-5"
OTHER = "GD-2T5C-8WZE-1JPV-6NAG-K"
PHONE = "15400000001"
EVENT = f"letters.progress/{LETTER}/6"
DELIVERY = f"{LETTER}/{EVENT}"

DUE = date(2026, 11, 25)
RED_AT = moment(25, 16)


def started(
    clock: ClockName = "reply",
    *levels: tuple[LevelName, datetime],
    due_on: date = DUE,
    round_: int = 1,
    change: Any = "started",
) -> ClockChange:
    """A start of `clock`, or another change with a due date; level red when it passes."""
    return ClockChange(
        clock=clock,
        round=round_,
        change=change,
        due_on=due_on,
        passes_at=passing(due_on),
        levels=tuple(
            Level(level=level, at=at) for level, at in levels or (("red", passing(due_on)),)
        ),
    )


def passing(due_on: date) -> datetime:
    """24:00 of that day in Guangdong."""
    return moment(1, 16).replace(year=due_on.year, month=due_on.month, day=due_on.day)


def other(change: Any, clock: ClockName = "reply", *, round_: int = 1) -> ClockChange:
    """A change without dates."""
    return ClockChange(clock=clock, round=round_, change=change)


def said(kind: type[FactT], /, **fields: Any) -> FactT:
    """A fact of the router; Guangzhou handles the letter unless `fields` say otherwise."""
    held = {"state": "handling", "holder": "guangzhou", "assignment": 1}
    return kind.model_validate(held | {"by": By(role="bureau")} | fields)


def fact(*clocks: ClockChange, holder: Holder = "guangzhou") -> Fact:
    """A fact of the router with these clocks."""
    return LetterAccepted(
        state="handling", holder=holder, assignment=1, by=By(role="bureau"), clocks=clocks
    )


def received(about: About | None = None) -> LetterReceived:
    """The router has received the letter, with the subject of its complaint."""
    return LetterReceived(
        state="submitted",
        holder="triage",
        assignment=0,
        by=By(role="rule"),
        received_at=moment(20),
        category="complaint" if about else "request",
        about=about,
        confidence=1.0,
        policy_version="1",
        receipt=Receipt(due_on=DUE, calendar_version="1", policy_version="1"),
    )


def replied(*clocks: ClockChange) -> LetterReplied:
    """The writer has a reply."""
    return LetterReplied(
        state="replied",
        holder="guangzhou",
        assignment=1,
        by=By(role="bureau"),
        clocks=clocks,
        reply=1,
        outcome="resolved",
    )


def escalated(level: LevelName = "red", **fields: Any) -> LetterEscalated:
    """The router confirms a level, of the reply clock unless `fields` name another."""
    reply = {"by": By(role="clock"), "clock": "reply", "round": 1, "due_on": DUE}
    return said(LetterEscalated, **(reply | {"level": level} | fields))


def submitted(contact: Contact | None, lang: Language = "zh") -> LetterSubmitted:
    """A letter with this contact, decrypted."""
    return LetterSubmitted(
        received_at=moment(24),
        channel="web",
        lang=lang,
        category="request",
        notice_version="1",
        text_sha256="0" * 64,
        triage=Triage.model_validate({"class": "accept"}),
        contact=contact,
    )


def days(count: int) -> timedelta:
    """That number of days."""
    return timedelta(days=count)


def hearing(*facts: Fact, at: datetime) -> NotifierLetter:
    """The letter after the router has stated these facts."""
    commands = [
        RecordProgress(LETTER, fact, number, f"letters.progress/{LETTER}/{number}", at)
        for number, fact in enumerate(facts, 1)
    ]
    return given().when(*commands).state


RUNNING = said(LetterPassedOn, unit="traffic", police_type="traffic", clocks=(started(),))
MIDNIGHT = passing(DUE)
"""24:00 of Wednesday, 25 November, in Guangdong."""
MORNING_AFTER = moment(26, 1)

DIVERSION = "DV-0001"
SEE_BY = moment(24, 1)
DIVERTED = LetterDiverted(
    diverted_at=SEE_BY - timedelta(minutes=5),
    threshold="stop",
    reasons=("words.threat_to_life",),
    see_by=SEE_BY,
)
SEEN = DutySeen(by=By(role="duty", staff="s-1"), seen_at=SEE_BY)
