"""What do a letter's words speak for? Tables of cues with weights, read by one automaton. Pure."""

from collections.abc import Iterator
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from shared.kernel import plain
from shared.rules.normal import normal
from shared.rules.tables import table

IN_SUBJECT: Final = 1.5
"""What a cue in the subject counts more than one in the body."""
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz")


class Cues:
    """The cues of `shared/data/<name>.yaml`: for each class, words by weight.

    Longest cue first, none inside another: 行政复议 is not also 复议. Each counts once for each
    class, where it counts most. A word in Latin letters stands for its plural in -s too.
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
        self._found = AhoCorasick(list(found), implementation=Implementation.ContiguousNFA)

    def scores(self, text: str, *, subject_ends: int) -> dict[str, float]:
        """What each class weighs in a normal text; classes that nothing speaks for are left out."""
        seen: dict[int, float] = {}
        for number, start in self._standing_in(text):
            factor = IN_SUBJECT if start < subject_ends else 1.0
            if factor > seen.get(number, 0.0):
                seen[number] = factor
        scores: dict[str, float] = {}
        for number, factor in seen.items():
            for kind, weight in self._says[number]:
                scores[kind] = scores.get(kind, 0.0) + weight * factor
        return scores

    def _standing_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Each cue and where it begins."""
        matches = self._found.find_matches_as_indexes(text, overlapping=True)
        free = 0
        for start, end, pattern in sorted((m[1], -m[2], m[0]) for m in matches):
            if start >= free and is_whole(text, start, end=-end):
                free = -end
                yield self._cues[pattern], start

    @staticmethod
    def _read(name: str) -> dict[str, dict[str, float]]:
        weights: dict[str, dict[str, float]] = {}
        for kind, by_weight in table(name).items():
            for weight, cues in plain.a_map(by_weight, f"{name}.yaml: {kind}").items():
                for cue in plain.texts(cues, f"{name}.yaml: {kind}.{weight}"):
                    weights.setdefault(normal(cue), {}).setdefault(kind, float(weight))
        return weights


def is_whole(text: str, start: int, *, end: int) -> bool:
    """Whether a cue in Latin letters is no part of a longer word; others always are."""
    if text[start] not in LETTERS:
        return True
    return text[start - 1 : start] not in LETTERS and text[end : end + 1] not in LETTERS
