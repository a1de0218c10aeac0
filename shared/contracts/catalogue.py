"""The catalogue of events, and the topics on which each may be sent."""

from typing import TypeAlias

from shared.contracts import actions_v1, bureau_v1, progress_v1, published_v1, submitted_v1, topics
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.event import Event
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.releases_v1 import ReleaseCorrected, ReleasePublished, ReleaseWithdrawn
from shared.contracts.resends_v1 import ResendRequested
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics_v1 import TopicCreated

Kinds: TypeAlias = frozenset[type[Event]]

COPIED: Kinds = frozenset(
    (
        progress_v1.LetterReclassified,
        progress_v1.LetterAccepted,
        progress_v1.LetterPassedOn,
        progress_v1.UnitAccepted,
        progress_v1.NoteAdded,
        progress_v1.WriterAnswered,
        progress_v1.QuestionLapsed,
        progress_v1.LetterAddedTo,
        progress_v1.ExtensionDecided,
        progress_v1.LetterSigned,
        progress_v1.ReplySentBack,
        progress_v1.LetterReplied,
        progress_v1.LetterDeclined,
        progress_v1.LetterRated,
        progress_v1.LetterReopened,
        progress_v1.LetterWithdrawn,
        progress_v1.LetterClosed,
        progress_v1.LetterSupervised,
        progress_v1.InstructionGiven,
        progress_v1.InstructionAnswered,
        progress_v1.CommitmentMade,
        progress_v1.CommitmentFulfilled,
        progress_v1.LetterEscalated,
        progress_v1.DueChanged,
        progress_v1.PetitionMarked,
        progress_v1.DisclosureMarked,
    )
)
"""Facts that are copied to the holding bureau."""

AMONG_US: Kinds = frozenset(
    (
        progress_v1.LetterReceived,
        progress_v1.TriageEntered,
        progress_v1.LetterRouted,
        progress_v1.LetterReturned,
        progress_v1.LetterRecalled,
        progress_v1.LetterLinked,
        progress_v1.WriterAsked,
        progress_v1.AppealMade,
        progress_v1.RequestRefused,
        progress_v1.ExtensionRequested,
        progress_v1.ReplySubmitted,
        progress_v1.PublicationProposed,
        progress_v1.LetterRead,
        progress_v1.ConflictDeclared,
    )
)
"""Facts that stay among our services; for some of them the bureau gets another event."""

TO_BUREAUS: Kinds = COPIED | {
    bureau_v1.LetterAssigned,
    bureau_v1.LetterIdentity,
    submitted_v1.IdentityWithheld,
    bureau_v1.LetterSnapshot,
    bureau_v1.AssignmentEnded,
    bureau_v1.PublicationNoted,
    bureau_v1.ActionApplied,
    bureau_v1.ActionRefused,
}
ACTIONS: Kinds = frozenset(
    (
        actions_v1.Accept,
        actions_v1.Return,
        actions_v1.Decline,
        actions_v1.PassOn,
        actions_v1.UnitAccept,
        actions_v1.Note,
        actions_v1.Ask,
        actions_v1.RequestExtension,
        actions_v1.Reply,
        actions_v1.AnswerInstruction,
        actions_v1.Fulfil,
        actions_v1.Link,
        actions_v1.ProposePublication,
        actions_v1.RequestResend,
    )
)

ON_TOPIC: dict[str, Kinds] = {
    topics.SUBMITTED.name: frozenset(
        (
            submitted_v1.LetterSubmitted,
            submitted_v1.RatingSubmitted,
            submitted_v1.AnswerSubmitted,
            submitted_v1.AdditionSubmitted,
            submitted_v1.ReopeningRequested,
            submitted_v1.AppealRequested,
            submitted_v1.WithdrawalRequested,
            submitted_v1.ConsentChanged,
            submitted_v1.ContactChanged,
            submitted_v1.IdentitySealed,
            submitted_v1.IdentityWithheld,
            submitted_v1.RevealRequested,
            submitted_v1.RevealDecided,
            submitted_v1.IdentityRevealed,
            submitted_v1.AttachmentScanned,
            submitted_v1.AttachmentFetched,
            submitted_v1.PhoneCheckRequested,
            submitted_v1.PublicationCopied,
            submitted_v1.LetterErased,
        )
    ),
    topics.DIVERTED.name: frozenset((LetterDiverted, DutySeen, DiversionResolved)),
    topics.PROGRESS.name: COPIED | AMONG_US,
    topics.DEADLINES.name: frozenset((ClockFired,)),
    topics.PUBLISHED.name: frozenset(
        (
            published_v1.LetterPublished,
            published_v1.PublicationCorrected,
            published_v1.PublicationWithdrawn,
            published_v1.PublicationProblemReported,
            published_v1.PublicationProblemDecided,
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
