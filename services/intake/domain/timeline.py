"""Timeline of a letter: which of the router's facts its writer sees as steps, and as which.

Every fact of the catalogue stands in one of the two tables. When a bureau returns a letter, the
writer sees the reason's code, but neither its words nor the bureau that it suggests. A letter that
is recalled from a bureau is shown as being assigned, and no more.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from services.intake.domain.letter import IntakeLetter, TimelineStep
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    CommitmentMade,
    DisclosureMarked,
    DueChanged,
    ExtensionDecided,
    ExtensionRequested,
    InstructionAnswered,
    InstructionGiven,
    LetterAccepted,
    LetterAddedTo,
    LetterClosed,
    LetterDeclined,
    LetterEscalated,
    LetterLinked,
    LetterPassedOn,
    LetterRated,
    LetterRead,
    LetterRecalled,
    LetterReceived,
    LetterReclassified,
    LetterReopened,
    LetterReplied,
    LetterReturned,
    LetterRouted,
    LetterSigned,
    LetterSupervised,
    LetterWithdrawn,
    NoteAdded,
    PetitionMarked,
    PublicationProposed,
    QuestionLapsed,
    ReplySentBack,
    ReplySubmitted,
    RequestRefused,
    TriageEntered,
    UnitAccepted,
    WriterAnswered,
    WriterAsked,
)

MOST_STEPS = 200
BEING_ASSIGNED = "triage.entered"
SHOWN: Mapping[type[Fact], str] = MappingProxyType(
    {
        LetterReceived: "letter.received",
        TriageEntered: BEING_ASSIGNED,
        LetterReturned: "letter.returned",
        LetterRecalled: BEING_ASSIGNED,
        LetterRouted: "letter.routed",
        LetterAccepted: "letter.accepted",
        LetterPassedOn: "letter.passed_on",
        UnitAccepted: "unit.accepted",
        LetterRead: "letter.read",
        WriterAsked: "writer.asked",
        WriterAnswered: "writer.answered",
        QuestionLapsed: "question.lapsed",
        LetterAddedTo: "letter.added_to",
        ExtensionDecided: "extension.decided",
        DueChanged: "due.changed",
        PetitionMarked: "petition.marked",
        DisclosureMarked: "disclosure.marked",
        LetterEscalated: "letter.escalated",
        LetterSupervised: "letter.supervised",
        LetterReplied: "letter.replied",
        LetterDeclined: "letter.declined",
        CommitmentMade: "commitment.made",
        CommitmentFulfilled: "commitment.fulfilled",
        LetterRated: "letter.rated",
        LetterReopened: "letter.reopened",
        AppealMade: "appeal.made",
        LetterWithdrawn: "letter.withdrawn",
        LetterClosed: "letter.closed",
    }
)
HIDDEN: Mapping[type[Fact], str] = MappingProxyType(
    {
        ReplySubmitted: "the draft awaits a signature and may be sent back",
        LetterSigned: "signing is internal",
        ReplySentBack: "the writer never sees drafts",
        NoteAdded: "notes are internal",
        LetterReclassified: "the category is internal; a new due date is a step of its own",
        LetterLinked: "other writers' letters are private",
        ExtensionRequested: "nothing changes until it is granted",
        InstructionGiven: "instructions are internal",
        InstructionAnswered: "instructions are internal",
        PublicationProposed: "editors decide; a publication is a step of its own",
        RequestRefused: "the request itself shows it",
    }
)
"""Facts that are no step, each with the reason."""

PUBLIC_CLOCKS = frozenset(
    (
        "assign",
        "sign_in",
        "unit_sign_in",
        "reply",
        "reopened_reply",
        "commitment",
        "petition_notice",
        "petition",
        "disclosure",
    )
)
"""Clocks whose passing the writer sees; the others are internal to the offices."""
WARNINGS = frozenset(("reminder", "yellow"))
"""Levels before a due date has passed."""


def with_step(letter: IntakeLetter, fact: Fact, *, at: datetime) -> IntakeLetter:
    """The letter with the step that the fact is; repeated assignment is one step."""
    what = step_name(fact)
    is_going_on = bool(letter.history) and letter.history[-1].what == BEING_ASSIGNED == what
    if what is None or is_going_on or len(letter.history) >= MOST_STEPS:
        return letter
    step = _detailed(TimelineStep(at, what, letter.bureau), fact)
    return replace(letter, history=(*letter.history, step))


def step_name(fact: Fact) -> str | None:
    """The name of the step that the writer sees; None: the fact is no step."""
    if isinstance(fact, LetterEscalated) and (
        fact.level in WARNINGS or fact.clock not in PUBLIC_CLOCKS
    ):
        return None
    if isinstance(fact, ExtensionDecided) and not fact.granted:
        return None
    if isinstance(fact, ReplySentBack) and fact.to_state == "triage":
        return BEING_ASSIGNED
    return SHOWN.get(type(fact))


def _detailed(step: TimelineStep, fact: Fact) -> TimelineStep:
    match fact:
        case LetterReturned():
            return replace(step, bureau=fact.from_bureau, reason=fact.reason)
        case LetterEscalated():
            return replace(step, clock=fact.clock, due_on=fact.due_on)
        case _:
            return step
