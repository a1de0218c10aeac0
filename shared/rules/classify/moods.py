"""Features of mood: what a letter tells, asks for, or asks as a question.

`kind_words.yaml` defines classes of words (the writer, the police, an offence, to investigate, to
improve). The category depends less on the word than on its sentence: 查 in a request is wanted of
the police, 查 in a statement was done by somebody.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from shared.kernel import plain
from shared.rules.classify.weights import latin, whole_of
from shared.rules.tables import table
from shared.rules.text.normalise import normal

MOST: Final = 3
"""Maximum count of one feature."""
SHORTEST: Final = 6
"""Minimum characters of a sentence; shorter ones are remains of a name or a number."""
ENDS: Final = re.compile(r"[。!?\n;]+")
ASKING: Final = frozenset({"proposed", "asked", "may"})
"""Moods in which something is wanted, from their word to the end of the sentence."""
HOW: Final = ("subject", "told", "question", "asked")
"""How a word is used. The three moods of wanting count as one."""


def _words() -> Mapping[str, Sequence[str]]:
    """The classes of each word."""
    classes: dict[str, list[str]] = {}
    for part, named in table("kind_words").items():
        for name, words in plain.a_map(named, f"kind_words.yaml: {part}").items():
            for word in plain.texts(words, f"kind_words.yaml: {part}.{name}"):
                classes.setdefault(normal(word), []).append(name)
    return classes


def _signs(names: Sequence[str], how: str) -> tuple[str, ...]:
    """The features of a word of these classes used in this way; `none` only hides other words."""
    shown = () if "none" in names else names
    return tuple(f"{name}.{how}" for name in shown if name not in ASKING and name != "question")


_BY_TEXT: Final = _words()
_CLASSES: Final = tuple(_BY_TEXT.values())
_LATIN: Final = latin(_BY_TEXT)
_SIGNS: Final = {how: [_signs(names, how) for names in _CLASSES] for how in HOW}
"""By the word's number."""
_ASKS: Final = frozenset(number for number, names in enumerate(_CLASSES) if "question" in names)
_WANTS: Final = {
    number: names[0]
    for number, all_names in enumerate(_CLASSES)
    if (names := [name for name in all_names if name in ASKING])
}
"""The mood of `ASKING` that starts with the word of that number."""
_FOUND: Final = AhoCorasick(
    list(_BY_TEXT), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
)


def moods(text: str, *, subject_ends: int) -> dict[str, int]:
    """Features of a normal text: `<class>.<how>`, `mood.<mood>`, and `last.<mood>` of its end."""
    places = whole_of(_FOUND.find_matches_as_indexes(text), text, latin=_LATIN)
    numbers, starts = [number for number, _, _ in places], [start for _, start, _ in places]
    found, seen = dict[str, int](), {how: set[int]() for how in HOW}
    mood_counts = Counter[str]()
    last, at = "told", 0
    for start, end, is_asked in _sentences(text, subject_ends):
        first, at = at, bisect_left(starts, end, at)
        inside = numbers[first:at]
        if start < subject_ends:
            _count(inside, "subject", found=found, seen=seen)
            continue
        mood = "question" if is_asked or not _ASKS.isdisjoint(inside) else "told"
        if inside:
            mood = _count(inside, mood, found=found, seen=seen)
        mood_counts[mood] += 1
        last = mood if end - start >= SHORTEST else last
    found |= {f"mood.{mood}": min(count, MOST) for mood, count in mood_counts.items()}
    found[f"last.{last}"] = 1
    return found


def _count(
    inside: Iterable[int], mood: str, *, found: dict[str, int], seen: Mapping[str, set[int]]
) -> str:
    """Add the features of one sentence's words, each word once per way; return its final mood."""
    is_subject, known, signs = mood == "subject", seen[mood], _SIGNS[mood]
    for number in inside:
        if number in _WANTS and not is_subject:
            mood, known, signs = _WANTS[number], seen["asked"], _SIGNS["asked"]
        if number not in known:
            known.add(number)
            for sign in signs[number]:
                if (before := found.get(sign, 0)) < MOST:
                    found[sign] = before + 1
    return mood


def last_begins(text: str, *, subject_ends: int) -> int:
    """Where the last sentence of a normal text's body starts; the text's end if there is none."""
    end = len(text)
    for ends in reversed([*ENDS.finditer(text, subject_ends)]):
        if end - ends.end() >= SHORTEST:
            return ends.end()
        end = ends.end()
    return len(text)


def _sentences(text: str, subject_ends: int) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each sentence, and whether it has a question mark; the subject first."""
    start = 0
    for ends in ENDS.finditer(text, subject_ends):
        yield start, ends.end(), "?" in ends.group()
        start = ends.end()
    if start < len(text):
        yield start, len(text), False
