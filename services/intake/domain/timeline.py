"""Which of the router's facts does a writer see happen, and under what name? Tables. Pure.

Every fact of the catalogue stands in one of the two. Of a letter that a bureau hands back the
writer is told the reason's code, and neither its words nor whom the bureau suggests; one that is
taken from a bureau is being assigned again, and no more than that is said of it.
"""

from collections.abc import Mapping
from types import MappingProxyType

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
        ReplySubmitted: "it waits for its signature, and may be sent back",
        LetterSigned: "who signs is the office's own matter",
        ReplySentBack: "the draft was never the writer's to read",
        NoteAdded: "bureaus note for themselves",
        LetterReclassified: "of what kind it counts is for the desks; a new date is told by itself",
        LetterLinked: "what others wrote is theirs",
        ExtensionRequested: "nothing has changed until it is granted",
        InstructionGiven: "chiefs instruct their own people",
        InstructionAnswered: "their people answer them",
        PublicationProposed: "editors decide, and what they publish is told",
        RequestRefused: "the request itself shows it",
    }
)
"""Each with the reason."""

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
"""Clocks whose passing the writer sees; the others run between the offices."""
WARNINGS = frozenset(("reminder", "yellow"))
"""Levels at which nothing has passed yet."""


def step_of(fact: Fact) -> str | None:
    """The name under which the writer sees that it happened; None: not at all."""
    if isinstance(fact, LetterEscalated) and (
        fact.level in WARNINGS or fact.clock not in PUBLIC_CLOCKS
    ):
        return None
    if isinstance(fact, ExtensionDecided) and not fact.granted:
        return None
    if isinstance(fact, ReplySentBack) and fact.to_state == "triage":
        return BEING_ASSIGNED
    return SHOWN.get(type(fact))
