"""Features of a letter's category: counts of cues, moods, triage class and shape.

Features are groups of cues of `kind_cues.yaml` by part of the letter (`complaint.strong.subject`),
words by the mood of their sentence (`moods.py`), the triage class, and the letter's shape.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from shared.contracts.vocabulary import TriageClass
from shared.kernel import plain
from shared.rules.classify.moods import MOST, moods
from shared.rules.classify.weights import latin, whole_of
from shared.rules.tables import table
from shared.rules.text.normalise import normal

A_LENGTH: Final = 60
"""Characters per step of a letter's length; English needs three times as many."""
LENGTHS: Final = 4
"""Maximum number of length steps."""


def _groups() -> Mapping[str, tuple[str, ...]]:
    """The groups of each cue."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, by_strength in table("kind_cues").items():
        for strength, cues in plain.a_map(by_strength, f"kind_cues.yaml: {kind}").items():
            for cue in plain.texts(cues, f"kind_cues.yaml: {kind}.{strength}"):
                groups = found.get(normal(cue), ())
                if not any(group.startswith(f"{kind}.") for group in groups):
                    found[normal(cue)] = (*groups, f"{kind}.{strength}")
    return found


_GROUPS: Final = _groups()
_OF: Final = tuple(_GROUPS.values())
_LATIN: Final = latin(_GROUPS)
_FOUND: Final = AhoCorasick(
    list(_GROUPS), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
)


def signals(text: str, *, subject_ends: int, triage: TriageClass) -> dict[str, int]:
    """The features of a normal text whose subject is its first `subject_ends` code points."""
    mood_counts = moods(text, subject_ends=subject_ends)
    found = _cued(text, subject_ends) | mood_counts
    found.update(_shaped(text, subject_ends))
    if triage != "accept":
        found[f"triage.{triage}"] = 1
        for sign in mood_counts:
            part, _, mood = sign.partition(".")
            if part == "mood":
                found[f"other.{mood}"] = 1
    return found


def _cued(text: str, subject_ends: int) -> dict[str, int]:
    seen, found = set[tuple[int, str]](), dict[str, int]()
    for number, start, _ in whole_of(_FOUND.find_matches_as_indexes(text), text, latin=_LATIN):
        part = "subject" if start < subject_ends else "body"
        if (number, part) not in seen:
            seen.add((number, part))
            for group in _OF[number]:
                sign = f"{group}.{part}"
                found[sign] = min(found.get(sign, 0) + 1, MOST)
    return found


def _shaped(text: str, subject_ends: int) -> Iterator[tuple[str, int]]:
    """Features of shape: length, questions, exclamations, quotes, and the final question."""
    length = (len(text) - subject_ends) // (3 * A_LENGTH if text.isascii() else A_LENGTH)
    yield "length", min(length, LENGTHS)
    yield "questions", min(text.count("?"), MOST)
    yield "question.subject", int("?" in text[:subject_ends])
    yield "question.last", int(text.endswith("?"))
    yield "exclaimed", min(text.count("!"), MOST)
    yield "quoted", min(text.count("“") + text.count('"') // 2, MOST)
