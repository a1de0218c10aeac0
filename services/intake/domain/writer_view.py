"""What does each of the router's facts change in the writer's view? Never refuses. Pure.

Requests are answered in the order in which they were asked, so a fact settles the oldest open one
of its kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from services.intake.domain.answers import CHANGES as ANSWERS
from services.intake.domain.identity_sealing import UNNAMED, is_masked, keeps_identity
from services.intake.domain.letter import Letter, Step
from services.intake.domain.questions import CHANGES as QUESTIONS
from services.intake.domain.receipts import REPLY_CLOCKS, counted
from services.intake.domain.timeline import BEING_ASSIGNED, step_of
from services.intake.domain.writer_requests import refused, settled
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    DisclosureMarked,
    DueChanged,
    ExtensionRequested,
    InstructionAnswered,
    InstructionGiven,
    LetterAccepted,
    LetterEscalated,
    LetterLinked,
    LetterPassedOn,
    LetterRated,
    LetterRead,
    LetterReceived,
    LetterReclassified,
    LetterReopened,
    LetterReturned,
    LetterRouted,
    LetterSigned,
    LetterSupervised,
    NoteAdded,
    PetitionMarked,
    PublicationProposed,
    ReplySentBack,
    ReplySubmitted,
    RequestRefused,
    TriageEntered,
    UnitAccepted,
)

MOST_STEPS = 200


def noted(letter: Letter, fact: Fact, *, at: datetime) -> Letter:
    """The letter once the router has said `fact`, which counts as of `at`."""
    change = CHANGES.get(type(fact))
    changed = change(letter, fact, at) if change else letter
    return _step(_moved(_dated(counted(changed, fact), fact), fact), fact, at)


def _moved(letter: Letter, fact: Fact) -> Letter:
    """What every fact says: state and holder. A unit's part ends with its bureau's holding."""
    is_same = fact.assignment == letter.assignment and fact.holder != "triage"
    return replace(
        letter,
        state=fact.state,
        bureau=None if fact.holder == "triage" else fact.holder,
        assignment=fact.assignment,
        unit=letter.unit if is_same else None,
        identity_kid=letter.identity_kid if keeps_identity(fact, letter) else None,
    )


def _dated(letter: Letter, fact: Fact) -> Letter:
    """By when the writer has a reply, as the clocks now have it."""
    for change in fact.clocks:
        if change.clock in REPLY_CLOCKS and change.due_on is not None:
            letter = replace(
                letter, reply_due_on=change.due_on, reply_is_provisional=change.provisional
            )
    return letter


def _step(letter: Letter, fact: Fact, at: datetime) -> Letter:
    what = step_of(fact)
    is_going_on = bool(letter.history) and letter.history[-1].what == BEING_ASSIGNED == what
    if what is None or is_going_on or len(letter.history) >= MOST_STEPS:
        return letter
    return replace(letter, history=(*letter.history, _of(fact, Step(at, what, letter.bureau))))


def _of(fact: Fact, step: Step) -> Step:
    """The step with what the writer is told of it."""
    match fact:
        case LetterReturned():
            return replace(step, bureau=fact.from_bureau, reason=fact.reason)
        case LetterEscalated():
            return replace(step, clock=fact.clock, due_on=fact.due_on)
        case _:
            return step


def _received(letter: Letter, fact: LetterReceived, _: datetime) -> Letter:
    return replace(
        letter,
        reply_due_on=fact.receipt.due_on,
        reply_is_provisional=fact.receipt.provisional,
        found_category=fact.category,
        masked=is_masked(letter) or fact.masked or fact.category in UNNAMED,
        about=fact.about,
        excluded=fact.excluded,
    )


def _reclassified(letter: Letter, fact: LetterReclassified, _: datetime) -> Letter:
    """Any desk masks a letter, and only a supervisor unmasks it."""
    return replace(
        letter,
        found_category=fact.category,
        masked=fact.masked or (is_masked(letter) and fact.by.role != "supervisor"),
        about=fact.about,
        excluded=fact.excluded,
    )


def _routed(letter: Letter, fact: LetterRouted, _: datetime) -> Letter:
    masked = is_masked(letter) or fact.masked or fact.category in UNNAMED
    return replace(letter, found_category=fact.category, masked=masked)


def _passed_on(letter: Letter, fact: LetterPassedOn, _: datetime) -> Letter:
    return replace(letter, unit=fact.unit)


def _due_changed(letter: Letter, fact: DueChanged, _: datetime) -> Letter:
    if fact.clock not in REPLY_CLOCKS:
        return letter
    return replace(letter, reply_due_on=fact.new_due, reply_is_provisional=fact.receipt.provisional)


def _supervised(letter: Letter, _: LetterSupervised, __: datetime) -> Letter:
    return replace(letter, is_supervised=True)


def _rated(letter: Letter, _: LetterRated, __: datetime) -> Letter:
    return settled(letter, "rating")


def _reopened(letter: Letter, fact: LetterReopened, _: datetime) -> Letter:
    return replace(settled(letter, "reopening"), reopened=fact.time, why_closed=None)


def _appealed(letter: Letter, _: AppealMade, __: datetime) -> Letter:
    return settled(letter, "appeal")


def _refused(letter: Letter, fact: RequestRefused, _: datetime) -> Letter:
    return refused(letter, fact.request_id, code=fact.code)


CHANGES: Mapping[type[Fact], Callable[[Letter, Any, datetime], Letter]] = MappingProxyType(
    {
        LetterReceived: _received,
        LetterReclassified: _reclassified,
        LetterRouted: _routed,
        LetterPassedOn: _passed_on,
        DueChanged: _due_changed,
        LetterSupervised: _supervised,
        LetterRated: _rated,
        LetterReopened: _reopened,
        AppealMade: _appealed,
        RequestRefused: _refused,
        **QUESTIONS,
        **ANSWERS,
    }
)
STATE_ALONE: frozenset[type[Fact]] = frozenset(
    (
        TriageEntered,
        LetterAccepted,
        LetterReturned,
        UnitAccepted,
        NoteAdded,
        LetterLinked,
        LetterRead,
        LetterSigned,
        ReplySubmitted,
        ReplySentBack,
        ExtensionRequested,
        InstructionGiven,
        InstructionAnswered,
        PetitionMarked,
        DisclosureMarked,
        PublicationProposed,
    )
)
"""Facts that say nothing to the writer beyond the state, the holder and the clocks."""
