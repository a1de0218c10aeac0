"""Why staff did something with a letter, and how its writer rated it. Pure."""

from typing import Any

from services.router.domain.folding.talking import moment
from services.router.domain.letter import Letter
from services.router.domain.parts import Remark, RemarkKind
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    DisclosureMarked,
    ExtensionDecided,
    ExtensionRequested,
    LetterRated,
    LetterRecalled,
    LetterReturned,
    PetitionMarked,
    ReplySentBack,
)
from shared.contracts.words import Comment, Note, Reason
from shared.kernel.frozen import replace

MOST_REMARKS = 50
LARGEST_REMARKS = 20_000
"""Most characters of all remarks of a letter."""


def with_remark(letter: Letter, event: Fact) -> Letter:
    """The letter with what the fact says to staff; the oldest remarks go where there are many."""
    found = _remark(event)
    if found is None:
        return letter
    kind, codes = found
    remark = Remark(
        moment(event, letter),
        kind,
        event.by.role,
        event.by.bureau,
        **codes,
        **_words(getattr(event, "words", None)),
    )
    every = (*letter.remarks, remark)
    kept = _newest(every)
    dropped = letter.remarks_dropped + len(every) - len(kept)
    return replace(letter, remarks=kept, remarks_dropped=dropped)


def _remark(event: Fact) -> tuple[RemarkKind, dict[str, Any]] | None:
    """What kind of remark the fact is, and its codes."""
    match event:
        case LetterReturned():
            return "returned", {"reason": event.reason, "suggestion": event.suggestion}
        case LetterRecalled():
            return "recalled", {"reason": event.reason}
        case ReplySentBack():
            return "sent_back", {}
        case LetterRated():
            return "rated", {"solved": event.solved, "score": event.score}
        case PetitionMarked():
            return "petition_marked", {"reason": event.reason}
        case DisclosureMarked():
            return "disclosure_marked", {"reason": event.reason}
        case _:
            return _of_extension(event)


def _of_extension(event: Fact) -> tuple[RemarkKind, dict[str, Any]] | None:
    match event:
        case ExtensionRequested():
            codes = {"clock": event.clock, "days": event.days, "reason": event.reason}
            return "extension_requested", codes
        case ExtensionDecided():
            codes = {"clock": event.clock, "days": event.days, "granted": event.granted}
            return "extension_decided", codes
        case _:
            return None


def _words(words: object) -> dict[str, Any]:
    """The words in the field of their kind."""
    match words:
        case Note():
            return {"note": words}
        case Reason():
            return {"why": words}
        case Comment():
            return {"comment": words}
        case _:
            return {}


def _newest(remarks: tuple[Remark, ...]) -> tuple[Remark, ...]:
    """The last of them that may be kept, oldest first; always the last one."""
    left = LARGEST_REMARKS
    kept: list[Remark] = []
    for one in reversed(remarks[-MOST_REMARKS:]):
        left -= len(one.text or "")
        if left < 0 and kept:
            break
        kept.insert(0, one)
    return tuple(kept)
