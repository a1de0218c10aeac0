"""What the router keeps of a letter besides what it says of it. Goes on no topic. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

from services.router.domain.letter import Letter
from services.router.domain.parts import Draft, Said
from shared.contracts.values import Attachment
from shared.contracts.words import LetterText
from shared.kernel.frozen import replace


@dataclass(frozen=True)
class LetterKept:
    """The letter's text and files, as intake has sent them."""

    words: LetterText | None
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True)
class FileRefused:
    """A file may do harm, and nobody is told of it any more."""

    attachment: str


@dataclass(frozen=True)
class WordsErased:
    """Nobody may read the letter's words any more."""


@dataclass(frozen=True)
class FilesErased:
    """Nobody may fetch the letter's files any more."""


Apart: TypeAlias = LetterKept | FileRefused | WordsErased | FilesErased


def kept_apart(letter: Letter, event: Apart) -> Letter:
    """The letter once that is kept, or no longer kept."""
    match event:
        case LetterKept():
            return replace(letter, words=event.words, attachments=event.attachments)
        case FileRefused():
            safe = tuple(one for one in letter.attachments if one.id != event.attachment)
            return replace(letter, attachments=safe)
        case WordsErased():
            return _wordless(letter)
        case FilesErased():
            return replace(letter, attachments=())


def _wordless(letter: Letter) -> Letter:
    return replace(
        letter,
        words=None,
        said=tuple(Said(one.at) for one in letter.said),
        draft=letter.draft and _wordless_draft(letter.draft),
        wanted=letter.wanted and replace(letter.wanted, words=None),
        commitments=tuple(replace(one, words=None, evidence=None) for one in letter.commitments),
        instructions=tuple(replace(one, words=None, answer=None) for one in letter.instructions),
        remarks=tuple(replace(one, note=None, why=None, comment=None) for one in letter.remarks),
    )


def _wordless_draft(draft: Draft) -> Draft:
    promises = tuple(replace(one, words=None) for one in draft.commitments)
    return replace(draft, words=None, commitments=promises)
