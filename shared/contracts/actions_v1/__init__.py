"""Actions of bureaus. Owner: that bureau. Topic: `bureau.<slug>.actions`.

An action without `ActionApplied` or `ActionRefused` after ten seconds is sent again, with the same
`action_id`. A field may be added with a default; any other change is `actions_v2`.
"""

from shared.contracts.actions_v1.answering import (
    AnswerInstruction,
    Ask,
    Decline,
    Fulfil,
    ProposePublication,
    Reply,
    RequestExtension,
)
from shared.contracts.actions_v1.holding import (
    Accept,
    Link,
    Note,
    PassOn,
    RequestResend,
    Return,
    UnitAccept,
)

__all__ = [
    "Accept",
    "AnswerInstruction",
    "Ask",
    "Decline",
    "Fulfil",
    "Link",
    "Note",
    "PassOn",
    "ProposePublication",
    "Reply",
    "RequestExtension",
    "RequestResend",
    "Return",
    "UnitAccept",
]
