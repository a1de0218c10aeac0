"""Weighted cues: tables of words with weights, matched by one automaton."""

from collections.abc import Container, Iterable
from typing import Final, TypeAlias

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from shared.kernel import plain
from shared.rules.tables import table
from shared.rules.text.normalise import normal

IN_SUBJECT: Final = 1.5
"""Factor of a cue in the subject, compared with one in the body."""
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
Match: TypeAlias = tuple[int, int, int]
"""Number of a word, and its start and end in a text, in code points."""


class Cues:
    """The cues of `shared/data/<name>.yaml`: for each class, words by weight.

    The longest cue wins and none is matched inside another: 行政复议 is not also 复议. Each counts
    once per class, where it counts most. A word in Latin letters also matches its plural in -s.
    """

    def __init__(self, name: str) -> None:
        weights = self._read(name)
        self._says: list[list[tuple[str, float]]] = [
            list(says.items()) for says in weights.values()
        ]
        found = {cue: number for number, cue in enumerate(weights)}
        for number, cue in enumerate(weights):
            if cue[-1] in LETTERS and not cue.endswith("s"):
                found.setdefault(f"{cue}s", number)
        self._cues = tuple(found.values())
        self._latin = latin(found)
        self._longest = AhoCorasick(
            list(found),
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        )
        self._every = AhoCorasick(list(found), implementation=Implementation.ContiguousNFA)

    def scores(self, text: str, *, subject_ends: int) -> dict[str, float]:
        """The weight of each class in a normal text; classes without weight are left out."""
        seen: dict[int, float] = {}
        for number, start, _ in self._standing_in(text):
            # The subject comes first, so a cue in both parts counts there.
            seen.setdefault(self._cues[number], IN_SUBJECT if start < subject_ends else 1.0)
        scores: dict[str, float] = {}
        for cue, factor in seen.items():
            for kind, weight in self._says[cue]:
                scores[kind] = scores.get(kind, 0.0) + weight * factor
        return scores

    def _standing_in(self, text: str) -> list[Match]:
        """The cues in a text, in order: the longest of those that are whole words."""
        longest: list[Match] = self._longest.find_matches_as_indexes(text)
        if len(whole_of(longest, text, latin=self._latin)) == len(longest):
            return longest
        # Some are parts of words, and may have hidden shorter ones that are whole words.
        every = whole_of(
            self._every.find_matches_as_indexes(text, overlapping=True), text, latin=self._latin
        )
        found, free = list[Match](), 0
        for match in sorted(every, key=lambda match: (match[1], -match[2])):
            if match[1] >= free:
                free = match[2]
                found.append(match)
        return found

    @staticmethod
    def _read(name: str) -> dict[str, dict[str, float]]:
        weights: dict[str, dict[str, float]] = {}
        for kind, by_weight in table(name).items():
            for weight, cues in plain.a_map(by_weight, f"{name}.yaml: {kind}").items():
                for cue in plain.texts(cues, f"{name}.yaml: {kind}.{weight}"):
                    weights.setdefault(normal(cue), {}).setdefault(kind, float(weight))
        return weights


def latin(words: Iterable[str]) -> frozenset[int]:
    """The numbers of words that start with a Latin letter, and may be parts of longer words."""
    return frozenset(number for number, word in enumerate(words) if word[0] in LETTERS)


def whole_of(found: Iterable[Match], text: str, *, latin: Container[int]) -> list[Match]:
    """The matches that are not part of a longer Latin word."""
    return [
        match for match in found if match[0] not in latin or _is_whole(text, match[1], match[2])
    ]


def _is_whole(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] not in LETTERS and text[end : end + 1] not in LETTERS
