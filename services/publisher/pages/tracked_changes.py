"""Texts side by side: what was changed, which marks stand there, and what may reveal who it is."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

from shared.rules.pii import ANY_MARK, DoubtRule, doubtful_spans

PieceKind: TypeAlias = Literal["same", "added", "removed", "mark", "doubt"]
MOST_COMPARED: Final = 400
"""Tokens of a changed passage that are compared one by one; of longer ones all is replaced."""
CONTEXT: Final = 12
"""Characters shown on either side of a doubtful span."""
_CLAUSES: Final = re.compile(r"[^，。；！？,.;!?\n]*[，。；！？,.;!?\n]?")
_TOKENS: Final = re.compile(rf"{ANY_MARK}|[A-Za-z]+|\d+|.", re.DOTALL)
_MARK: Final = re.compile(f"({ANY_MARK})")


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of a text, and what is special about it."""

    kind: PieceKind
    text: str = field(repr=False)
    rule: DoubtRule | None = None


@dataclass(frozen=True, slots=True)
class TextDoubt:
    """Words that a rule doubts, with the text around them."""

    words: str = field(repr=False)
    rule: DoubtRule
    before: str = field(repr=False)
    after: str = field(repr=False)


def annotated(text: str) -> list[TextPiece]:
    """The text with its marks and doubtful spans."""
    pieces: list[TextPiece] = []
    end = 0
    for span in doubtful_spans(text):
        pieces += _marked(text[end : span.start])
        pieces.append(TextPiece("doubt", text[span.start : span.end], span.rule))
        end = span.end
    return [*pieces, *_marked(text[end:])]


def doubts_in(*texts: str) -> list[TextDoubt]:
    """The doubtful words of the texts, each once."""
    found = {
        text[span.start : span.end]: TextDoubt(
            text[span.start : span.end],
            span.rule,
            text[max(0, span.start - CONTEXT) : span.start],
            text[span.end : span.end + CONTEXT],
        )
        for text in texts
        for span in doubtful_spans(text)
    }
    return list(found.values())


def changed(before: str, after: str, *, kept: Collection[str] = ()) -> list[TextPiece]:
    """The later text with what was removed from the earlier one and added to it.

    `kept`: words that aren't doubtful any more.
    """
    pieces: list[TextPiece] = []
    for kind, text in _merged(_clauses_changed(before, after)):
        pieces += annotated(text) if kind == "same" else [TextPiece(kind, text)]
    return [TextPiece("same", piece.text) if piece.text in kept else piece for piece in pieces]


def _clauses_changed(before: str, after: str) -> Iterator[tuple[PieceKind, str]]:
    old, new = _split(_CLAUSES, before), _split(_CLAUSES, after)
    for same, first, second in _steps(old, new):
        if same:
            yield "same", "".join(second)
        else:
            yield from _tokens_changed("".join(first), "".join(second))


def _tokens_changed(before: str, after: str) -> Iterator[tuple[PieceKind, str]]:
    old, new = _split(_TOKENS, before), _split(_TOKENS, after)
    if len(old) > MOST_COMPARED or len(new) > MOST_COMPARED:
        yield "removed", before
        yield "added", after
        return
    for same, first, second in _steps(old, new):
        if same:
            yield "same", "".join(second)
        else:
            yield "removed", "".join(first)
            yield "added", "".join(second)


def _steps(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, first, last, start, end in matcher.get_opcodes():
        yield what == "equal", old[first:last], new[start:end]


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    return [part for part in pattern.findall(text) if part]


def _merged(pieces: Iterator[tuple[PieceKind, str]]) -> list[tuple[PieceKind, str]]:
    """The pieces without empty ones, and with neighbours of one kind in one."""
    merged: list[tuple[PieceKind, str]] = []
    for kind, text in pieces:
        if merged and merged[-1][0] == kind:
            merged[-1] = (kind, merged[-1][1] + text)
        elif text:
            merged.append((kind, text))
    return merged


def _marked(text: str) -> list[TextPiece]:
    parts = _MARK.split(text)
    return [
        TextPiece("mark" if place % 2 else "same", part) for place, part in enumerate(parts) if part
    ]
