"""What do a letter's words speak for? Tables of cues with weights, read by one automaton. Pure."""

from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from shared.kernel import plain
from shared.rules.normal import normal
from shared.rules.tables import table

IN_SUBJECT: Final = 2.0
"""What a cue in the subject counts more than one in the body."""
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz")


class Cues:
    """The cues of `shared/data/<name>.yaml`: for each class, words by weight.

    Longest cue first, none inside another: 行政复议 is not also 复议. Each counts once for each
    class, where it counts most.
    """

    def __init__(self, name: str) -> None:
        self._says: list[list[tuple[str, float]]] = []
        self._found = AhoCorasick(
            self._read(name),
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        )

    def scores(self, text: str, *, subject_ends: int) -> dict[str, float]:
        """What each class weighs in a normal text; classes that nothing speaks for are left out."""
        seen: dict[int, float] = {}
        for number, start, end in self._found.find_matches_as_indexes(text):
            if not is_whole(text, start, end=end):
                continue
            factor = IN_SUBJECT if start < subject_ends else 1.0
            if factor > seen.get(number, 0.0):
                seen[number] = factor
        scores: dict[str, float] = {}
        for number, factor in seen.items():
            for kind, weight in self._says[number]:
                scores[kind] = scores.get(kind, 0.0) + weight * factor
        return scores

    def _read(self, name: str) -> list[str]:
        weights: dict[str, dict[str, float]] = {}
        for kind, by_weight in table(name).items():
            for weight, cues in plain.a_map(by_weight, f"{name}.yaml: {kind}").items():
                for cue in plain.texts(cues, f"{name}.yaml: {kind}.{weight}"):
                    weights.setdefault(normal(cue), {}).setdefault(kind, float(weight))
        self._says = [list(says.items()) for says in weights.values()]
        return list(weights)


def is_whole(text: str, start: int, *, end: int) -> bool:
    """Whether a cue in Latin letters is no part of a longer word; others always are."""
    if text[start] not in LETTERS:
        return True
    return text[start - 1 : start] not in LETTERS and text[end : end + 1] not in LETTERS
