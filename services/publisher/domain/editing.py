"""Editors' work on a draft: marks, wording, sending back, rejecting."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

from services.publisher.domain.letter import (
    CopiedDraft,
    EditedDraft,
    EditorsMark,
    EditorsWork,
    MarkKind,
    MarkReason,
    ProposedDraft,
    PublisherLetter,
    RejectedDraft,
    RejectReason,
    SentBack,
    WaitingDraft,
)
from shared.contracts.words import PublicText, Reason
from shared.kernel.errors import BadValue, LimitReached, NotFound, OutOfOrder
from shared.rules.pii import exposed_parts, numbers_of_anyone

EDITORS_MARKS: Mapping[MarkKind, str] = MappingProxyType(
    {
        "person": "〔姓名〕",
        "place": "〔地址〕",
        "workplace": "〔单位〕",
        "account": "〔账号〕",
        "number": "〔号码〕",
        "detail": "〔隐去〕",
    }
)
"""What stands in place of words that an editor hides."""
KEPT_FOR: frozenset[MarkReason] = frozenset({"public_body", "no_person", "mistaken"})
"""Reasons to leave words in sight; the others are reasons to hide them."""
MOST_MARKS = 200
SHORTEST_HIDDEN = 2
"""Fewer characters would hide parts of unrelated words."""
PARTS = ("title", "text", "reply")


@dataclass(frozen=True)
class DraftRead:
    """The draft as an editor has read it, who the editor is, and when they act."""

    copy: int
    edition: int
    editor: str
    at: datetime


@dataclass(frozen=True)
class RewordDraft:
    """Shorten or reword the draft. `words`: before marks."""

    read: DraftRead
    words: PublicText


@dataclass(frozen=True)
class MarkWords:
    """Hide words wherever they stand, or leave them in sight: what a rule doubts, or was hidden."""

    read: DraftRead
    decision: Literal["hidden", "kept"]
    what: MarkKind
    reason: MarkReason
    words: Reason


@dataclass(frozen=True)
class SendDraftBack:
    """Give a proposed draft back, with what is missing."""

    read: DraftRead
    note: Reason


@dataclass(frozen=True)
class RejectDraft:
    """Decide that the draft is not published."""

    read: DraftRead
    reason: RejectReason
    note: Reason | None


@dataclass(frozen=True)
class RestoreDraft:
    """Put a rejected draft among the candidates again."""

    read: DraftRead


EditCommand: TypeAlias = RewordDraft | MarkWords | SendDraftBack | RejectDraft | RestoreDraft


@dataclass(frozen=True)
class DraftReworded:
    """The draft has these words. Private, like the events below."""

    words: PublicText


@dataclass(frozen=True)
class WordsMarked:
    """An editor has decided about words."""

    mark: EditorsMark


@dataclass(frozen=True)
class DraftSentBack:
    """A proposal has been sent back."""

    sent_back: SentBack


@dataclass(frozen=True)
class DraftRejected:
    """The draft will not be published."""

    editor: str
    at: datetime
    reason: RejectReason
    note: Reason | None


@dataclass(frozen=True)
class DraftRestored:
    """The draft may be published after all."""


# --- the text ----------------------------------------------------------------------------------


def edited_words(draft: EditedDraft) -> PublicText:
    """The text that would be published: as reworded, with marks in place of hidden words."""
    words, hidden = wording_of(draft), hidden_words(draft.work)
    if not hidden:
        return words
    title, text, reply = (_hide(part, hidden) for part in (words.title, words.text, words.reply))
    return PublicText(title=title, text=text, reply=reply)


def wording_of(draft: EditedDraft) -> PublicText:
    """The text before marks of editors."""
    return draft.work.wording or draft.words


def hidden_words(work: EditorsWork) -> dict[str, str]:
    """The mark for each text that editors hide, the longest text first."""
    marks = sorted(work.marks, key=lambda mark: -len(mark.words.text))
    return {
        mark.words.text: EDITORS_MARKS[mark.what] for mark in marks if mark.decision == "hidden"
    }


def check_no_numbers(words: PublicText) -> None:
    """Copies of an older intake and editors' words may show numbers. Raises: BadValue."""
    for part in exposed_parts(words):
        raise BadValue(f"words.{part}")


def _hide(text: str, hidden: Mapping[str, str]) -> str:
    return re.sub("|".join(map(_pattern, hidden)), lambda found: hidden[found[0]], text)


def _pattern(words: str) -> str:
    """Latin letters are found as whole words."""
    before = r"(?<![A-Za-z])" if words[0].isascii() and words[0].isalpha() else ""
    after = r"(?![A-Za-z])" if words[-1].isascii() and words[-1].isalpha() else ""
    return f"{before}{re.escape(words)}{after}"


# --- rules -------------------------------------------------------------------------------------


def reword_draft(command: RewordDraft, letter: PublisherLetter) -> tuple[DraftReworded, ...]:
    """The new wording. Raises: NotFound, OutOfOrder, BadValue."""
    draft = _in_work(letter, command.read)
    if command.words == wording_of(draft):
        return ()
    changed = replace(draft, work=replace(draft.work, wording=command.words))
    check_no_numbers(_checked(changed))
    return (DraftReworded(command.words),)


def mark_words(command: MarkWords, letter: PublisherLetter) -> tuple[WordsMarked, ...]:
    """The decision about words that stand in the draft.

    Raises: NotFound; OutOfOrder; LimitReached; BadValue, for words that aren't there, and for a
    number that would stay in sight.
    """
    draft = _in_work(letter, command.read)
    words, marks = command.words.text, draft.work.marks
    if len(marks) >= MOST_MARKS:
        raise LimitReached
    if (command.decision == "kept") != (command.reason in KEPT_FOR):
        raise BadValue("reason")
    is_there = any(re.search(_pattern(words), getattr(wording_of(draft), part)) for part in PARTS)
    if len(words) < SHORTEST_HIDDEN or not is_there:
        raise BadValue("text")
    if command.decision == "kept" and numbers_of_anyone(words):
        raise BadValue("decision")
    number = max((mark.number for mark in marks), default=0) + 1
    mark = EditorsMark(
        number,
        command.decision,
        command.what,
        command.reason,
        command.words,
        command.read.editor,
        command.read.at,
    )
    _checked(replace(draft, work=replace(draft.work, marks=(*marks, mark))))
    return (WordsMarked(mark),)


def send_draft_back(command: SendDraftBack, letter: PublisherLetter) -> tuple[DraftSentBack, ...]:
    """A proposal goes back into work. Raises: NotFound, OutOfOrder."""
    draft = _waiting(letter, command.read)
    if not isinstance(draft, ProposedDraft):
        raise OutOfOrder("nobody has proposed it")
    return (DraftSentBack(SentBack(command.read.editor, command.read.at, command.note)),)


def reject_draft(command: RejectDraft, letter: PublisherLetter) -> tuple[DraftRejected, ...]:
    """It is not published. Raises: NotFound, OutOfOrder."""
    _waiting(letter, command.read)
    read = command.read
    return (DraftRejected(read.editor, read.at, command.reason, command.note),)


def restore_draft(command: RestoreDraft, letter: PublisherLetter) -> tuple[DraftRestored, ...]:
    """It is a candidate again. Raises: NotFound, OutOfOrder."""
    draft = letter.draft
    if draft is None:
        raise NotFound("draft")
    if not isinstance(draft, RejectedDraft):
        raise OutOfOrder("it is not rejected")
    _check_read(draft, command.read)
    return (DraftRestored(),)


def _in_work(letter: PublisherLetter, read: DraftRead) -> CopiedDraft:
    """A draft that may be changed: nobody has proposed it. Raises: NotFound, OutOfOrder."""
    draft = _waiting(letter, read)
    if isinstance(draft, ProposedDraft):
        raise OutOfOrder("it waits for another editor")
    return draft


def _waiting(letter: PublisherLetter, read: DraftRead) -> WaitingDraft:
    if letter.draft is None:
        raise NotFound("draft")
    if letter.waiting is None:
        raise OutOfOrder("nothing waits for publication")
    _check_read(letter.waiting, read)
    return letter.waiting


def _check_read(draft: EditedDraft, read: DraftRead) -> None:
    if (draft.copy, draft.work.edition) != (read.copy, read.edition):
        raise OutOfOrder("the draft has changed in the meantime")


def _checked(draft: CopiedDraft) -> PublicText:
    """The text with marks, which may be longer. Raises: BadValue, if it is too long."""
    try:
        return edited_words(draft)
    except ValueError:
        raise BadValue("words") from None


# --- folds; without a draft nothing changes ----------------------------------------------------


def draft_reworded(letter: PublisherLetter, event: DraftReworded) -> PublisherLetter:
    """The letter with the new wording."""
    return _worked(letter, replace(_work(letter), wording=event.words))


def words_marked(letter: PublisherLetter, event: WordsMarked) -> PublisherLetter:
    """The letter with the mark, which replaces another decision about the same words."""
    text = event.mark.words.text
    others = (mark for mark in _work(letter).marks if mark.words.text != text)
    return _worked(letter, replace(_work(letter), marks=(*others, event.mark)))


def draft_sent_back(letter: PublisherLetter, event: DraftSentBack) -> PublisherLetter:
    """The letter with its draft in work again."""
    return _copied(_worked(letter, replace(_work(letter), sent_back=event.sent_back)))


def draft_rejected(letter: PublisherLetter, event: DraftRejected) -> PublisherLetter:
    """The letter with the rejected draft."""
    draft = letter.waiting
    if draft is None:
        return letter
    rejected = RejectedDraft(
        draft.words,
        draft.copy,
        draft.copied_at,
        event.editor,
        event.at,
        event.reason,
        event.note,
        _next(draft.work),
    )
    return replace(letter, draft=rejected)


def draft_restored(letter: PublisherLetter, _: DraftRestored) -> PublisherLetter:
    """The letter with its draft in work again."""
    return _copied(_worked(letter, _work(letter)))


def _work(letter: PublisherLetter) -> EditorsWork:
    return letter.editable.work if letter.editable else EditorsWork()


def _worked(letter: PublisherLetter, work: EditorsWork) -> PublisherLetter:
    """The letter with that work on its draft, as the next edition."""
    draft = letter.editable
    return replace(letter, draft=replace(draft, work=_next(work))) if draft else letter


def _next(work: EditorsWork) -> EditorsWork:
    return replace(work, edition=work.edition + 1)


def _copied(letter: PublisherLetter) -> PublisherLetter:
    draft = letter.editable
    if draft is None:
        return letter
    copied = CopiedDraft(draft.words, draft.copy, draft.copied_at, draft.work)
    return replace(letter, draft=copied)
