"""Which events are there, and which may stand on which topic? Tables. Pure."""

from typing import TypeAlias

from shared.contracts import topics
from shared.contracts.actions_v1 import Accept, Reply, RequestResend
from shared.contracts.bureau_v1 import (
    ActionApplied,
    ActionRefused,
    AssignmentEnded,
    LetterAssigned,
    LetterIdentity,
    LetterSnapshot,
)
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.event import Event
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.progress_v1 import (
    LetterAccepted,
    LetterClosed,
    LetterEscalated,
    LetterRated,
    LetterReceived,
    LetterReplied,
    LetterRouted,
    LetterWithdrawn,
    ReplySubmitted,
    RequestRefused,
    TriageEntered,
)
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.releases_v1 import ReleasePublished
from shared.contracts.resends_v1 import ResendRequested
from shared.contracts.slugs import BUREAUS
from shared.contracts.submitted_v1 import (
    IdentitySealed,
    IdentityWithheld,
    LetterSubmitted,
    PublicationCopied,
    RatingSubmitted,
    WithdrawalRequested,
)
from shared.contracts.topics_v1 import TopicCreated

Kinds: TypeAlias = frozenset[type[Event]]

COPIED: Kinds = frozenset(
    (LetterAccepted, LetterReplied, LetterRated, LetterClosed, LetterWithdrawn, LetterEscalated)
)
"""Facts that the holding bureau gets a copy of."""

TO_BUREAUS: Kinds = COPIED | {
    LetterAssigned,
    LetterIdentity,
    IdentityWithheld,
    LetterSnapshot,
    AssignmentEnded,
    ActionApplied,
    ActionRefused,
}
ACTIONS: Kinds = frozenset((Accept, Reply, RequestResend))

ON_TOPIC: dict[str, Kinds] = {
    topics.SUBMITTED.name: frozenset(
        (
            LetterSubmitted,
            RatingSubmitted,
            WithdrawalRequested,
            IdentitySealed,
            IdentityWithheld,
            PublicationCopied,
        )
    ),
    topics.DIVERTED.name: frozenset((LetterDiverted, DutySeen, DiversionResolved)),
    topics.PROGRESS.name: COPIED
    | {LetterReceived, TriageEntered, LetterRouted, ReplySubmitted, RequestRefused},
    topics.DEADLINES.name: frozenset((ClockFired,)),
    topics.PUBLISHED.name: frozenset((LetterPublished,)),
    topics.RELEASES.name: frozenset((ReleasePublished,)),
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
