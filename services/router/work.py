"""The router's own work: telling a bureau that an action of its own could not be read.

It has no loops: everything else that it does is caused by a record or by a request.
"""

from collections.abc import Awaitable, Callable

from services.router import metrics
from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.envelope import Unreadable, envelope
from shared.contracts.topics import bureau_of, letters_of
from shared.contracts.vocabulary import ActionRefusal
from shared.kernel.letter_number import is_letter_number
from shared.platform.bus import Inbound
from shared.platform.clock import Now
from shared.platform.fold import outbound
from shared.platform.jwe import BadEnvelope
from shared.platform.sender import Sender

NO_LETTER = "unknown"
"""Subject of a refusal where the action's key is no letter number."""


def tell_unreadable(
    sender: Sender, *, now: Now
) -> Callable[[Inbound, Unreadable | BadEnvelope], Awaitable[bool]]:
    """What is done with a record that can't be read: a bureau is told, our own topics stop."""

    async def tell(raw: Inbound, fault: Unreadable | BadEnvelope) -> bool:
        bureau = bureau_of(raw.topic)
        if bureau is None:
            return False
        code = _code(fault)
        topic = letters_of(bureau).name
        said = envelope(
            topic,
            _subject(raw.key),
            data=ActionRefused(code=code),
            time=now(),
            cause=f"{raw.partition}-{raw.offset}",
        )
        await sender.send([outbound(said, topic)])
        metrics.UNREADABLE_ACTIONS.labels(bureau, code).inc()
        return True

    return tell


def _code(fault: Unreadable | BadEnvelope) -> ActionRefusal:
    if isinstance(fault, BadEnvelope):
        return "bad_envelope"
    return "too_large" if fault.code == "too_large" else "unreadable"


def _subject(key: bytes) -> str:
    """The letter that the action is about, if its key says so.

    Nothing else of a stranger's is repeated.
    """
    text = key.decode("ascii", "replace")
    return text if is_letter_number(text) else NO_LETTER
