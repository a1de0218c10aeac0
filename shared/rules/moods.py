"""Of whom and what does a letter speak, and how: told, asked for, or as a question? Pure.

`kind_words.yaml` names classes of words (the writer, the police, an offence, to investigate, to
improve). Which kind a letter is of says less the word than its sentence: 查 that is asked for is
wanted of the police, 查 that is told was done by somebody.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from shared.kernel import plain
from shared.rules.normal import normal
from shared.rules.tables import table
from shared.rules.weighing import LETTERS, is_whole

MOST: Final = 3
"""So much of one sign is as good as more of it."""
SHORTEST: Final = 6
"""A shorter sentence, in characters, is none: what remains of a name or a number."""
ENDS: Final = re.compile(r"[。!?\n;]+")
ASKING: Final = frozenset({"proposed", "asked", "may"})
"""Moods in which something is wanted, from their word to the end of its sentence."""
HOW: Final = ("subject", "told", "question", "asked")
"""How a word is said. Of three ways to want something it doesn't matter which."""


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word of the table is."""

    signs: Mapping[str, tuple[str, ...]]
    """For each of `HOW` the signs that it shows; none, where it only hides words in it."""
    asks: bool
    wants: str | None
    """Which of `ASKING` begins with it."""
    is_latin: bool


def _words() -> Mapping[str, _Word]:
    classes: dict[str, list[str]] = {}
    for part, named in table("kind_words").items():
        for name, words in plain.a_map(named, f"kind_words.yaml: {part}").items():
            for word in plain.texts(words, f"kind_words.yaml: {part}.{name}"):
                classes.setdefault(normal(word), []).append(name)
    return {word: _word(word, names) for word, names in classes.items()}


def _word(word: str, names: Sequence[str]) -> _Word:
    """A word by its classes; one of `none` is only there to hide others."""
    said = [name for name in names if name not in ASKING and name != "question"]
    shown = () if "none" in names else tuple(said)
    return _Word(
        signs={how: tuple(f"{name}.{how}" for name in shown) for how in HOW},
        asks="question" in names,
        wants=next((name for name in names if name in ASKING), None),
        is_latin=word[0] in LETTERS,
    )


_BY_TEXT: Final = _words()
_WORDS: Final = tuple(_BY_TEXT.values())
_FOUND: Final = AhoCorasick(
    list(_BY_TEXT), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
)
_Place = tuple[int, int]
"""Where a word begins, and its number in the table."""


def moods(text: str, *, subject_ends: int) -> dict[str, int]:
    """Signs of a normal text: `<class>.<how>`, `mood.<mood>`, and `last.<mood>` of its end."""
    places = _places(text)
    found, seen, last, at = dict[str, int](), set[tuple[int, str]](), "told", 0
    for start, end, is_asked in _sentences(text, subject_ends):
        first = at
        while at < len(places) and places[at][0] < end:
            at += 1
        inside = places[first:at]
        if start < subject_ends:
            _count(inside, "subject", found=found, seen=seen)
            continue
        asks = is_asked or any(_WORDS[number].asks for _, number in inside)
        mood = _count(inside, "question" if asks else "told", found=found, seen=seen)
        found[f"mood.{mood}"] = min(found.get(f"mood.{mood}", 0) + 1, MOST)
        last = mood if end - start >= SHORTEST else last
    found[f"last.{last}"] = 1
    return found


def _places(text: str) -> list[_Place]:
    """Where words of the table stand."""
    return [
        (start, number)
        for number, start, end in _FOUND.find_matches_as_indexes(text)
        if not _WORDS[number].is_latin or is_whole(text, start, end=end)
    ]


def _count(
    inside: Sequence[_Place], mood: str, *, found: dict[str, int], seen: set[tuple[int, str]]
) -> str:
    """Add the signs of one sentence's words, each word once for each way; its mood at the end."""
    how = mood
    for _, number in inside:
        word = _WORDS[number]
        if word.wants and how != "subject":
            mood, how = word.wants, "asked"
        signs = word.signs[how]
        if signs and (number, how) not in seen:
            seen.add((number, how))
            for sign in signs:
                if (before := found.get(sign, 0)) < MOST:
                    found[sign] = before + 1
    return mood


def last_begins(text: str, *, subject_ends: int) -> int:
    """Where the last sentence of a normal text's body begins; its end, where there is none."""
    starts = (
        start
        for start, end, _ in _sentences(text, subject_ends)
        if start > subject_ends and end - start >= SHORTEST
    )
    return max(starts, default=len(text))


def _sentences(text: str, subject_ends: int) -> Iterator[tuple[int, int, bool]]:
    """Where each sentence begins and ends and whether it has a question mark; the subject first."""
    start = 0
    for ends in ENDS.finditer(text, subject_ends):
        yield start, ends.end(), "?" in ends.group()
        start = ends.end()
    if start < len(text):
        yield start, len(text), False
