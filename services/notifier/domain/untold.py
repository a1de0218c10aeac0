"""Of which facts is a writer sent no message, and why not? A table. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    CommitmentMade,
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
    LetterRecalled,
    LetterReceived,
    LetterReclassified,
    LetterReturned,
    LetterRouted,
    LetterSigned,
    LetterSupervised,
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
)

_COURSE = "the letter shows where it is; nothing is asked of its writer"
_INNER = "it is a matter between the desks"
_OWN = "the writer has just done it, and was answered"

UNTOLD: Mapping[type[Fact], str] = MappingProxyType(
    {
        LetterReceived: "the front desk has given the writer the number already",
        TriageEntered: _COURSE,
        LetterRouted: _COURSE,
        LetterAccepted: _COURSE,
        LetterReturned: _COURSE,
        LetterRecalled: _COURSE,
        LetterPassedOn: _COURSE,
        UnitAccepted: _COURSE,
        LetterRead: _COURSE,
        LetterSupervised: _COURSE,
        DueChanged: _COURSE,
        PetitionMarked: _COURSE,
        DisclosureMarked: _COURSE,
        QuestionLapsed: "the day was told with the question, and the letter goes on without",
        CommitmentMade: "it stands in the reply, which is told",
        WriterAnswered: _OWN,
        LetterRated: _OWN,
        RequestRefused: "the request shows it, to whoever has just asked",
        LetterEscalated: "staff are told that they are late",
        LetterReclassified: _INNER,
        LetterLinked: _INNER,
        LetterSigned: _INNER,
        NoteAdded: _INNER,
        ReplySubmitted: _INNER,
        ReplySentBack: _INNER,
        ExtensionRequested: _INNER,
        InstructionGiven: _INNER,
        InstructionAnswered: _INNER,
        PublicationProposed: _INNER,
    }
)
