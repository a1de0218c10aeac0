"""Triage: whether a letter is an emergency, a crime report or not for the police."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from shared.contracts.vocabulary import Threshold, TriageClass
from shared.rules.classify.ngrams import Pieces, pieces_of
from shared.rules.classify.score_cards import cards
from shared.rules.classify.triage_features import CRIME, DANGER, OTHER, live_dangers, marks_of
from shared.rules.text.cue_reader import Found, read, text_of, weight_of
from shared.rules.text.written import Written

PIECES: Final = Pieces("triage")
CONDUCT: Final = "police.conduct"
MORE: Final = 10
"""Points by which a crime report must exceed an emergency to avoid being stopped."""
SIGNS: Final = frozenset(
    {"now", "lately", "appeal", "secretly", "clock", "order", "person", "calm"}
    | {"danger.lately", "danger.past"}
)
"""The writer is asked only if the letter has one of these features, or a live danger."""
BARE: Final = 40
"""Below this number of Han characters, a letter needs a sign of danger before its writer is asked.
"""
CALL: Final = 16
"""Up to this number of Han characters, danger or an appeal for help and little else is a call.

Cards weigh letters of some sentences: a text of three characters has too few features for them.
"""
IN_CALLS: Final = frozenset({"appeal", "now", "own", "secretly", "metaphor"})
"""Codes of cues that a call may have beside danger and crime."""
OF_OTHERS: Final = "other1"
"""The feature of a letter with at least one cue of another authority's matter."""
UNCLEAR: Final = "unclear"
"""No specific danger can be named, yet nothing makes the letter an ordinary one."""
TOLD: Final = ("now", "secretly", "appeal", "clock", "plain")
"""Features given as evidence beside the danger: why it seems urgent."""


@dataclass(frozen=True, slots=True)
class TriageResult:
    """The result of triage for one letter."""

    class_: TriageClass = "accept"
    """The class as which it is stopped or marked."""
    asks: bool = False
    """Whether the writer is asked "is it happening now?" and the duty desk is notified."""
    evidence: tuple[str, ...] = ()
    """Codes, never words of the letter."""

    @property
    def threshold(self) -> Threshold | None:
        """`stop`: it is not accepted; `ask`: only once its writer says no. The desk sees both."""
        if self.class_ == "emergency":
            return "stop"
        return "ask" if self.asks else None


@dataclass(frozen=True, slots=True)
class TriageReading:
    """The cues found in a letter, and its features."""

    found: tuple[Found, ...] = field(repr=False)
    marks: frozenset[str]
    length: int
    """Number of Han characters, plus a third of the others."""
    wording: Mapping[str, float] = field(repr=False)
    """Points of its n-grams, by class."""

    @property
    def has_sign(self) -> bool:
        """Whether anything indicates danger; short texts without it are not asked about."""
        has_cue = bool(self.marks & SIGNS) or any(live_dangers(self.found))
        return has_cue or self.length >= BARE

    @property
    def is_call(self) -> bool:
        """Whether it is hardly more than a call for help, such as 救命."""
        codes = {found.cue.code for found in self.found if found.cue.kind != DANGER}
        has_crime = any(code.startswith(CRIME) for code in codes)
        calls = any(live_dangers(self.found)) or ("appeal" in codes and not has_crime)
        others = {code for code in codes - IN_CALLS if not code.startswith(CRIME)}
        return self.length <= CALL and calls and not others

    @classmethod
    def of(cls, written: Written) -> "TriageReading":
        """Read subject and body together."""
        text = text_of(written.subject, written.body)
        found = read(text)
        subject = len(text_of(written.subject, "")) - 1
        length = weight_of(text)
        marks = marks_of(found, subject=subject, length=length)
        return cls(found, marks, length, PIECES.says(pieces_of(text))["triage"])

    def above(self) -> Mapping[str, int]:
        """For each class, by how many points the letter exceeds its threshold."""
        return {
            name: card.score(self.marks) + round(self.wording[name]) - card.stop
            for name, card in cards().items()
        }


Rule: TypeAlias = Callable[[Written], TriageResult | None]
"""None: the rule doesn't apply to this letter."""


def by_cards(written: Written) -> TriageResult | None:
    """Apply the score cards to the words; None: nothing extraordinary."""
    reading = TriageReading.of(written)
    above = reading.above()
    if above["emergency"] >= 0 and above["crime_report"] <= above["emergency"] + MORE:
        return TriageResult("emergency", evidence=_dangers(reading))
    is_likely = above["emergency"] >= cards()["emergency"].asks_from and reading.has_sign
    asks = is_likely or reading.is_call
    class_ = _other_class(reading, above)
    evidence = (*(_dangers(reading) if asks else ()), *_matters(reading, class_))
    return TriageResult(class_, asks=asks, evidence=evidence) if evidence else None


RULES: Final[tuple[Rule, ...]] = (by_cards,)
"""The rules in force, most urgent first."""


def triaged(written: Written, *, rules: Iterable[Rule] = RULES) -> TriageResult:
    """The result of the first rule that applies; otherwise the letter is accepted.

    Letters, answers and additions are treated alike, however short.
    """
    results = (rule(written) for rule in rules)
    return next((result for result in results if result is not None), TriageResult())


def _other_class(reading: TriageReading, above: Mapping[str, int]) -> TriageClass:
    """The class other than emergency; another authority's matter needs a cue, not only wording."""
    if above["crime_report"] >= max(0, above["not_police"]):
        return "crime_report"
    is_others = above["not_police"] >= 0 and OF_OTHERS in reading.marks
    return "not_police" if is_others else "accept"


def _dangers(reading: TriageReading) -> tuple[str, ...]:
    signs = [code for code in TOLD if code in reading.marks]
    return (*sorted(set(live_dangers(reading.found))), *signs) or (UNCLEAR,)


def _matters(reading: TriageReading, class_: TriageClass) -> tuple[str, ...]:
    """The kinds of offence or other matter, or that the letter is about the police.

    A crime report may rest on wording alone, without a word that names its kind.
    """
    kind = {"crime_report": CRIME, "not_police": OTHER}.get(class_, CONDUCT)
    codes = {found.cue.code for found in reading.found if found.cue.code.startswith(kind)}
    return tuple(sorted(codes)) or (() if class_ == "accept" else (UNCLEAR,))
