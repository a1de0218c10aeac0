"""Which receipt belongs to which clock? Pure."""

from services.router.domain.letter import Letter
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    DueChanged,
    ExtensionDecided,
    LetterReceived,
    LetterReopened,
)
from shared.contracts.values import Receipt
from shared.contracts.vocabulary import ClockName
from shared.kernel.frozen import replace


def with_receipt(letter: Letter, event: Fact) -> Letter:
    """The letter with the receipt that the fact brings, beside the clock that it counts."""
    name, receipt = _receipt(event)
    if receipt is None:
        return letter
    round_ = event.round if isinstance(event, DueChanged) else None
    clocks = tuple(
        replace(one, receipt=receipt) if one.clock == name and round_ in (None, one.round) else one
        for one in letter.clocks
    )
    return replace(letter, clocks=clocks)


def _receipt(event: Fact) -> tuple[ClockName, Receipt | None]:
    match event:
        case LetterReceived():
            return "reply", event.receipt
        case LetterReopened() | AppealMade():
            return "reopened_reply", event.receipt
        case ExtensionDecided() | DueChanged():
            return event.clock, event.receipt
        case _:
            return "reply", None
