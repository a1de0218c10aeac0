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
from shared.contracts import progress_v1 as facts
from shared.contracts.event import Fact

MOST_STEPS = 200
BEING_ASSIGNED = "triage.entered"
SHOWN: Mapping[type[Fact], str] = MappingProxyType(
    {
        facts.LetterReceived: "letter.received",
        facts.TriageEntered: BEING_ASSIGNED,
        facts.LetterReturned: "letter.returned",
        facts.LetterRecalled: BEING_ASSIGNED,
        facts.LetterRouted: "letter.routed",
        facts.LetterAccepted: "letter.accepted",
        facts.LetterPassedOn: "letter.passed_on",
        facts.UnitAccepted: "unit.accepted",
        facts.LetterRead: "letter.read",
        facts.WriterAsked: "writer.asked",
        facts.WriterAnswered: "writer.answered",
        facts.QuestionLapsed: "question.lapsed",
        facts.LetterAddedTo: "letter.added_to",
        facts.ExtensionDecided: "extension.decided",
        facts.DueChanged: "due.changed",
        facts.PetitionMarked: "petition.marked",
        facts.DisclosureMarked: "disclosure.marked",
        facts.LetterEscalated: "letter.escalated",
        facts.LetterSupervised: "letter.supervised",
        facts.LetterReplied: "letter.replied",
        facts.LetterDeclined: "letter.declined",
        facts.CommitmentMade: "commitment.made",
        facts.CommitmentFulfilled: "commitment.fulfilled",
        facts.LetterRated: "letter.rated",
        facts.LetterReopened: "letter.reopened",
        facts.AppealMade: "appeal.made",
        facts.LetterWithdrawn: "letter.withdrawn",
        facts.LetterClosed: "letter.closed",
    }
)
HIDDEN: Mapping[type[Fact], str] = MappingProxyType(
    {
        facts.ReplySubmitted: "the draft awaits a signature and may be sent back",
        facts.LetterSigned: "signing is internal",
        facts.ReplySentBack: "the writer never sees drafts",
        facts.NoteAdded: "notes are internal",
        facts.LetterReclassified: "the category is internal; a new due date is a step of its own",
        facts.ConflictDeclared: "who works on the letter is internal",
        facts.LetterLinked: "other writers' letters are private",
        facts.ExtensionRequested: "nothing changes until it is granted",
        facts.InstructionGiven: "instructions are internal",
        facts.InstructionAnswered: "instructions are internal",
        facts.PublicationProposed: "editors decide; a publication is a step of its own",
        facts.RequestRefused: "the request itself shows it",
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
    if isinstance(fact, facts.LetterEscalated) and (
        fact.level in WARNINGS or fact.clock not in PUBLIC_CLOCKS
    ):
        return None
    if isinstance(fact, facts.ExtensionDecided) and not fact.granted:
        return None
    if isinstance(fact, facts.ReplySentBack) and fact.to_state == "triage":
        return BEING_ASSIGNED
    return SHOWN.get(type(fact))


def _detailed(step: TimelineStep, fact: Fact) -> TimelineStep:
    match fact:
        case facts.LetterReturned():
            return replace(step, bureau=fact.from_bureau, reason=fact.reason)
        case facts.LetterEscalated():
            return replace(step, clock=fact.clock, due_on=fact.due_on)
        case _:
            return step
