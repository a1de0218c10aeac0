"""Is a letter for this mailbox? What its words say at the front desk. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from shared.contracts.vocabulary import Threshold, TriageClass
from shared.rules.classify.ngrams import Pieces, pieces_of
from shared.rules.classify.score_cards import cards
from shared.rules.classify.triage_features import CRIME, OTHER, live_dangers, marks_of
from shared.rules.text.cue_reader import Found, read, text_of, weight_of
from shared.rules.text.written import Written

PIECES: Final = Pieces("triage")
CONDUCT: Final = "police.conduct"
MORE: Final = 10
"""Points by which a letter must be more of a finished offence than of danger, not to be stopped."""
SIGNS: Final = frozenset(
    {"now", "lately", "appeal", "secretly", "clock", "order", "person", "calm"}
    | {"danger.lately", "danger.past"}
)
"""Marks of which a letter that is asked about has at least one, or else a live danger."""
BARE: Final = 40
"""Han characters below which a letter must have a sign of danger to be asked about."""
OF_OTHERS: Final = "other1"
"""The mark of a letter with at least one cue of another authority's matter."""
UNCLEAR: Final = "unclear"
"""Nothing of that can be named, yet nothing makes the letter an ordinary one."""
TOLD: Final = ("now", "secretly", "appeal", "clock", "plain")
"""What is told beside the danger: why somebody thought it urgent."""


@dataclass(frozen=True, slots=True)
class Triaged:
    """What became of a letter at the front desk."""

    class_: TriageClass = "accept"
    """What it is stopped or marked as."""
    asks: bool = False
    """Whether its writer is asked "is it happening now?", and the duty desk told."""
    evidence: tuple[str, ...] = ()
    """Codes, never words of the letter."""

    @property
    def threshold(self) -> Threshold | None:
        """`stop`: it is no letter; `ask`: it is one once its writer says no. The desk sees both."""
        if self.class_ == "emergency":
            return "stop"
        return "ask" if self.asks else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a letter, and its marks."""

    found: tuple[Found, ...] = field(repr=False)
    marks: frozenset[str]
    length: int
    """Its Han characters, and a third of the others."""
    wording: Mapping[str, float] = field(repr=False)
    """What its pieces speak for, by class."""

    @property
    def has_sign(self) -> bool:
        """Whether anything in it could be of danger: a few bare words aren't asked about."""
        told = bool(self.marks & SIGNS) or any(live_dangers(self.found))
        return told or self.length >= BARE

    @classmethod
    def of(cls, written: Written) -> "Reading":
        """What stands in subject and body together."""
        text = text_of(written.subject, written.body)
        found = read(text)
        subject = len(text_of(written.subject, "")) - 1
        length = weight_of(text)
        marks = marks_of(found, subject=subject, length=length)
        return cls(found, marks, length, PIECES.says(pieces_of(text))["triage"])

    def above(self) -> Mapping[str, int]:
        """For each class, by how many points it is above where that class begins."""
        return {
            name: card.score(self.marks) + round(self.wording[name]) - card.stop
            for name, card in cards().items()
        }


Rule: TypeAlias = Callable[[Written], Triaged | None]
"""None: it has nothing to say of this letter."""


def by_cards(written: Written) -> Triaged | None:
    """What the score cards make of its words; None: nothing out of the ordinary."""
    reading = Reading.of(written)
    above = reading.above()
    if above["emergency"] >= 0 and above["crime_report"] <= above["emergency"] + MORE:
        return Triaged("emergency", evidence=_dangers(reading))
    asks = above["emergency"] >= cards()["emergency"].asks_from and reading.has_sign
    class_ = _other_class(reading, above)
    evidence = (*(_dangers(reading) if asks else ()), *_matters(reading, class_))
    return Triaged(class_, asks=asks, evidence=evidence) if evidence else None


RULES: Final[tuple[Rule, ...]] = (by_cards,)
"""Those in force, most urgent first."""


def triaged(written: Written, *, rules: Iterable[Rule] = RULES) -> Triaged:
    """What the first rule says that has something to say; without one the letter comes in.

    The same for a letter, an answer and an addition, however short.
    """
    said = (rule(written) for rule in rules)
    return next((one for one in said if one is not None), Triaged())


def _other_class(reading: Reading, above: Mapping[str, int]) -> TriageClass:
    """Wording alone never makes a letter another authority's: it needs a matter of theirs."""
    if above["crime_report"] >= max(0, above["not_police"]):
        return "crime_report"
    is_others = above["not_police"] >= 0 and OF_OTHERS in reading.marks
    return "not_police" if is_others else "accept"


def _dangers(reading: Reading) -> tuple[str, ...]:
    told = [code for code in TOLD if code in reading.marks]
    return (*sorted(set(live_dangers(reading.found))), *told) or (UNCLEAR,)


def _matters(reading: Reading, class_: TriageClass) -> tuple[str, ...]:
    """What kind of offence it is, or of other matter; or that it is about the police.

    A letter may be a crime report by its wording alone, without a word that names its kind.
    """
    kind = {"crime_report": CRIME, "not_police": OTHER}.get(class_, CONDUCT)
    told = {one.cue.code for one in reading.found if one.cue.code.startswith(kind)}
    return tuple(sorted(told)) or (() if class_ == "accept" else (UNCLEAR,))
