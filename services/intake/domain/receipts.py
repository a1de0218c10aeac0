"""How was the day on which the writer has a reply counted? Receipts of the router's. Pure."""

from dataclasses import replace

from services.intake.domain.letter import Letter
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    DueChanged,
    ExtensionDecided,
    LetterReceived,
    LetterReopened,
)
from shared.contracts.values import Receipt

REPLY_CLOCKS = ("reply", "reopened_reply")


def counted(letter: Letter, fact: Fact) -> Letter:
    """The letter with the receipt that the fact brings."""
    receipt = _receipt(fact)
    return letter if receipt is None else replace(letter, reply_receipt=receipt)


def receipt_of(letter: Letter) -> Receipt | None:
    """How the day that stands was counted; None where that was not told."""
    receipt = letter.reply_receipt
    return receipt if receipt and receipt.due_on == letter.reply_due_on else None


def _receipt(fact: Fact) -> Receipt | None:
    match fact:
        case LetterReceived() | LetterReopened() | AppealMade():
            return fact.receipt
        case ExtensionDecided() | DueChanged() if fact.clock in REPLY_CLOCKS:
            return fact.receipt
        case _:
            return None
