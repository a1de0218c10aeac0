"""The catalogue of events, and the topics on which each may be sent."""

from typing import TypeAlias

from shared.contracts import topics
from shared.contracts.actions_v1 import (
    Accept,
    AnswerInstruction,
    Ask,
    Decline,
    Fulfil,
    Link,
    Note,
    PassOn,
    ProposePublication,
    Reply,
    RequestExtension,
    RequestResend,
    Return,
    UnitAccept,
)
from shared.contracts.bureau_v1 import (
    ActionApplied,
    ActionRefused,
    AssignmentEnded,
    LetterAssigned,
    LetterIdentity,
    LetterSnapshot,
    PublicationNoted,
)
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.event import Event
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    CommitmentMade,
    ConflictDeclared,
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
from shared.contracts.published_v1 import (
    LetterPublished,
    PublicationCorrected,
    PublicationProblemDecided,
    PublicationProblemReported,
    PublicationWithdrawn,
)
from shared.contracts.releases_v1 import (
    ReleaseCorrected,
    ReleasePublished,
    ReleaseWithdrawn,
)
from shared.contracts.resends_v1 import ResendRequested
from shared.contracts.slugs import BUREAUS
from shared.contracts.submitted_v1 import (
    AdditionSubmitted,
    AnswerSubmitted,
    AppealRequested,
    AttachmentFetched,
    AttachmentScanned,
    ConsentChanged,
    ContactChanged,
    IdentityRevealed,
    IdentitySealed,
    IdentityWithheld,
    LetterErased,
    LetterSubmitted,
    PhoneCheckRequested,
    PublicationCopied,
    RatingSubmitted,
    ReopeningRequested,
    RevealDecided,
    RevealRequested,
    WithdrawalRequested,
)
from shared.contracts.topics_v1 import TopicCreated

Kinds: TypeAlias = frozenset[type[Event]]

COPIED: Kinds = frozenset(
    (
        LetterReclassified,
        LetterAccepted,
        LetterPassedOn,
        UnitAccepted,
        NoteAdded,
        WriterAnswered,
        QuestionLapsed,
        LetterAddedTo,
        ExtensionDecided,
        LetterSigned,
        ReplySentBack,
        LetterReplied,
        LetterDeclined,
        LetterRated,
        LetterReopened,
        LetterWithdrawn,
        LetterClosed,
        LetterSupervised,
        InstructionGiven,
        InstructionAnswered,
        CommitmentMade,
        CommitmentFulfilled,
        LetterEscalated,
        DueChanged,
        PetitionMarked,
        DisclosureMarked,
    )
)
"""Facts that are copied to the holding bureau."""

AMONG_US: Kinds = frozenset(
    (
        LetterReceived,
        TriageEntered,
        LetterRouted,
        LetterReturned,
        LetterRecalled,
        LetterLinked,
        WriterAsked,
        AppealMade,
        RequestRefused,
        ExtensionRequested,
        ReplySubmitted,
        PublicationProposed,
        LetterRead,
        ConflictDeclared,
    )
)
"""Facts that stay among our services; for some of them the bureau gets another event."""

TO_BUREAUS: Kinds = COPIED | {
    LetterAssigned,
    LetterIdentity,
    IdentityWithheld,
    LetterSnapshot,
    AssignmentEnded,
    PublicationNoted,
    ActionApplied,
    ActionRefused,
}
ACTIONS: Kinds = frozenset(
    (
        Accept,
        Return,
        Decline,
        PassOn,
        UnitAccept,
        Note,
        Ask,
        RequestExtension,
        Reply,
        AnswerInstruction,
        Fulfil,
        Link,
        ProposePublication,
        RequestResend,
    )
)

ON_TOPIC: dict[str, Kinds] = {
    topics.SUBMITTED.name: frozenset(
        (
            LetterSubmitted,
            RatingSubmitted,
            AnswerSubmitted,
            AdditionSubmitted,
            ReopeningRequested,
            AppealRequested,
            WithdrawalRequested,
            ConsentChanged,
            ContactChanged,
            IdentitySealed,
            IdentityWithheld,
            RevealRequested,
            RevealDecided,
            IdentityRevealed,
            AttachmentScanned,
            AttachmentFetched,
            PhoneCheckRequested,
            PublicationCopied,
            LetterErased,
        )
    ),
    topics.DIVERTED.name: frozenset((LetterDiverted, DutySeen, DiversionResolved)),
    topics.PROGRESS.name: COPIED | AMONG_US,
    topics.DEADLINES.name: frozenset((ClockFired,)),
    topics.PUBLISHED.name: frozenset(
        (
            LetterPublished,
            PublicationCorrected,
            PublicationWithdrawn,
            PublicationProblemReported,
            PublicationProblemDecided,
        )
    ),
    topics.RELEASES.name: frozenset((ReleasePublished, ReleaseCorrected, ReleaseWithdrawn)),
    topics.RESENDS.name: frozenset((ResendRequested,)),
    topics.KEYS.name: frozenset((KeyChanged,)),
    topics.TOPICS.name: frozenset((TopicCreated,)),
    **{topics.letters_of(slug).name: TO_BUREAUS for slug in BUREAUS},
    **{topics.actions_of(slug).name: ACTIONS for slug in BUREAUS},
}

EVENTS: dict[str, type[Event]] = {
    event.type: event
    for event in sorted({e for kinds in ON_TOPIC.values() for e in kinds}, key=lambda e: e.type)
}
