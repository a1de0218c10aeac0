"""Exceptions of the three failure outcomes: refused, parked, retried.

    Exception
    ├── Refused                 refused by a rule; has HTTP status and code, is counted on Kafka
    │   ├── AlreadyDone         409 already_done
    │   ├── BadValue            422 bad_value
    │   ├── IdReused            422 id_reused
    │   ├── LimitReached        429 limit
    │   ├── NotAllowed          403 not_allowed
    │   ├── NotFound            404 not_found
    │   │   ├── ForeignLetter   404 not_found (counted apart)
    │   │   └── NotHeld         404 not_held (to a bureau, on its topic; over HTTP: not_found)
    │   ├── OutOfOrder          409 out_of_order
    │   ├── StaleAssignment     409 stale_assignment
    │   ├── TooLate             409 too_late
    │   └── TooOften            429 too_often
    ├── Poison                  unreadable: parked, not retried
    ├── BadData                 one of our data files is invalid: the service doesn't start
    └── anything else           temporary trouble: retried with growing pauses

Messages are our own. They name commands, states, bureaus and dates, and never contain a citizen's
words, name or number: they are logged and shown.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

NOTHING_MORE: Mapping[str, Any] = MappingProxyType({})


class Refused(Exception):
    """A rule refuses. Subclasses define HTTP `status` and `code`; never raised itself.

    Codes are those of `request.refused` and `action.refused` (`shared/contracts/vocabulary.py`)
    where these have one, so that a refusal reads the same on a topic and over HTTP.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    members: Mapping[str, Any] = NOTHING_MORE
    """Extension members (RFC 9457) of the problem over HTTP, as JSON. From our own data, never from
    the request."""
    headers: Mapping[str, str] = MappingProxyType({})
    """Further HTTP headers of the problem, in lower case; likewise."""

    def __str__(self) -> str:
        return super().__str__() or self.code


class AlreadyDone(Refused):
    """The request has already been carried out, and this is not a resend of the same request."""

    status = 409
    code = "already_done"


class BadValue(Refused):
    """A field holds an unknown value. The message names the field, never the value."""

    status = 422
    code = "bad_value"


class IdReused(Refused):
    """An action id or idempotency key came again with other content."""

    status = 422
    code = "id_reused"


class LimitReached(Refused):
    """A maximum number is reached, such as of questions, reopenings or letters per day."""

    status = 429
    code = "limit"


class NotAllowed(Refused):
    """The person may see this, but may not do that. A foreign letter is NotFound, never this."""

    status = 403
    code = "not_allowed"


class NotFound(Refused):
    """Nothing that this person may see; wrong and foreign letter numbers are answered alike."""

    status = 404
    code = "not_found"


class ForeignLetter(NotFound):
    """The letter or diversion exists, but this person may see nothing of it.

    Answered like `NotFound`; only a metric distinguishes them.
    """


class NotHeld(NotFound):
    """The bureau doesn't hold this letter.

    `code` goes only to the bureau that acted, on its own topic. Over HTTP, any `NotFound` is
    answered with `NotFound.code`, because the answer would otherwise reveal that the letter exists.
    """

    code = "not_held"


class OutOfOrder(Refused):
    """The letter is not in a state in which this can be done."""

    status = 409
    code = "out_of_order"


class StaleAssignment(Refused):
    """The action refers to an assignment that has ended, even if the bureau is holder again."""

    status = 409
    code = "stale_assignment"


class TooLate(Refused):
    """The last day for this has passed."""

    status = 409
    code = "too_late"


class TooOften(Refused):
    """Requested again too soon; may be granted later."""

    status = 429
    code = "too_often"


class Poison(Exception):
    """A record that stays unreadable however often it is retried. It is parked under its `reason`.

    `reason` is a code from a closed set (`unreadable`, `bad_envelope`, ...), never a value.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadData(Exception):
    """One of our data files is invalid. Names file and place, for operators."""
