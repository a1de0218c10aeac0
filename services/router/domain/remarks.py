"""Reasons that staff gave for what they did, and the writer's ratings."""

from typing import Any

from services.router.domain.letter import Letter, Remark, RemarkKind, occurred_at
from shared.contracts import progress_v1
from shared.contracts.event import Fact
from shared.contracts.words import Comment, Note, Reason
from shared.kernel.frozen import replace

MOST_REMARKS = 50
LARGEST_REMARKS = 20_000
"""Limit in characters for all remarks of a letter together."""


def with_remark(letter: Letter, event: Fact) -> Letter:
    """Return the letter with the fact's remark; beyond the limits the oldest are dropped."""
    found = _remark(event)
    if found is None:
        return letter
    kind, codes = found
    remark = Remark(
        occurred_at(event, letter),
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
    """The kind of remark and its codes; None if the fact contains none."""
    match event:
        case progress_v1.LetterReturned():
            return "returned", {"reason": event.reason, "suggestion": event.suggestion}
        case progress_v1.LetterRecalled():
            return "recalled", {"reason": event.reason}
        case progress_v1.ReplySentBack():
            return "sent_back", {}
        case progress_v1.LetterRated():
            return "rated", {"solved": event.solved, "score": event.score}
        case progress_v1.PetitionMarked():
            return "petition_marked", {"reason": event.reason}
        case progress_v1.DisclosureMarked():
            return "disclosure_marked", {"reason": event.reason}
        case _:
            return _of_extension(event)


def _of_extension(event: Fact) -> tuple[RemarkKind, dict[str, Any]] | None:
    match event:
        case progress_v1.ExtensionRequested():
            codes = {"clock": event.clock, "days": event.days, "reason": event.reason}
            return "extension_requested", codes
        case progress_v1.ExtensionDecided():
            codes = {"clock": event.clock, "days": event.days, "granted": event.granted}
            return "extension_decided", codes
        case _:
            return None


def _words(words: object) -> dict[str, Any]:
    """The words, in the field for their kind."""
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
    """The newest remarks within the limits, oldest first; at least the last one."""
    left = LARGEST_REMARKS
    kept: list[Remark] = []
    for remark in reversed(remarks[-MOST_REMARKS:]):
        left -= len(remark.text or "")
        if left < 0 and kept:
            break
        kept.insert(0, remark)
    return tuple(kept)
