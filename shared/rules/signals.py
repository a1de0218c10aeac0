"""Which signs of its kind does a letter show? Counts, by the words of `kind_cues.yaml`. Pure.

A sign is a group of cues (`complaint.strong.subject`), how many questions and requests there are,
what the front desk made of it, and its line of police work: few enough to weigh by hand.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from shared.contracts.vocabulary import PoliceType, TriageClass
from shared.kernel import plain
from shared.rules.normal import normal
from shared.rules.tables import table
from shared.rules.weighing import is_whole

MOST: Final = 3
"""So much of one sign is as good as more of it."""
SHORTEST: Final = 6
"""A shorter sentence, in characters, is none."""
SENTENCES: Final = re.compile(r"[^。!?\n;]+[。!?\n;]?")
ASKS: Final = re.compile("请(?!问|教|假)|希望|麻烦|求|恳|please")


def _groups() -> Mapping[str, tuple[str, ...]]:
    """For each cue the groups that it is of."""
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
_FOUND: Final = AhoCorasick(
    list(_GROUPS), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
)


def signals(
    text: str, *, subject_ends: int, triage: TriageClass, topic: PoliceType | None
) -> dict[str, int]:
    """The signs of a normal text whose subject is its first `subject_ends` code points."""
    found = _cued(text, subject_ends)
    found.update(_said(text, subject_ends))
    if triage != "accept":
        found[f"triage.{triage}"] = 1
    if topic is not None:
        found[f"topic.{topic}"] = 1
    return found


def _cued(text: str, subject_ends: int) -> dict[str, int]:
    seen, found = set[tuple[int, str]](), dict[str, int]()
    ending = last_begins(text, subject_ends=subject_ends)
    for number, start, end in _FOUND.find_matches_as_indexes(text):
        if not is_whole(text, start, end=end):
            continue
        for part in _parts(start, subject_ends=subject_ends, ending=ending):
            if (number, part) in seen:
                continue
            seen.add((number, part))
            for group in _OF[number]:
                sign = f"{group}.{part}"
                found[sign] = min(found.get(sign, 0) + 1, MOST)
    return found


def _parts(start: int, *, subject_ends: int, ending: int) -> tuple[str, ...]:
    """The parts of a letter that a place in it is of: what is asked for stands at the end."""
    if start < subject_ends:
        return ("subject",)
    return ("body", "last") if start >= ending else ("body",)


def last_begins(text: str, *, subject_ends: int) -> int:
    """Where the last sentence of a text begins; its end, where there is none."""
    starts = (
        said.start()
        for said in SENTENCES.finditer(text, subject_ends + 1)
        if len(said.group().strip()) >= SHORTEST
    )
    return max(starts, default=len(text))


def _said(text: str, subject_ends: int) -> Iterator[tuple[str, int]]:
    """Questions and requests, sentence by sentence; contact lines at the end are sentences too."""
    sentences = [said.strip() for said in SENTENCES.findall(text, subject_ends + 1)]
    sentences = [said for said in sentences if len(said) >= SHORTEST]
    yield "questions", min(text.count("?"), MOST)
    yield "question.subject", int("?" in text[:subject_ends])
    yield "question.last", int(bool(sentences) and sentences[-1].endswith("?"))
    asking = (said for said in sentences if not said.endswith("?"))
    yield "requests", min(sum(1 for said in asking if ASKS.search(said)), MOST)
