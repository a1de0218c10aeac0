"""The router's rules for the bureau, category and police type of a letter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, PoliceType, TriageClass, TriageReason
from shared.rules.classify.category import kind
from shared.rules.classify.complaints import complained_level
from shared.rules.classify.findings import RuleAnswer
from shared.rules.classify.police_type import topic
from shared.rules.classify.wording import Wording
from shared.rules.places.city import Placed, placed
from shared.rules.text.normalise import normal
from shared.rules.text.written import Written

SURE: Final = 0.52
"""Confidence from which words alone send a letter to a bureau."""
CLEAR: Final = 0.9
"""Confidence from which words contradict the bureau named by the writer."""
KNOWN: Final = 0.95
"""Confidence from which the category read from words may hide the writer's identity: of 253
held-out letters without a complaint it would affect none, of 120 with one 47."""


Letter: TypeAlias = tuple[Written, TriageClass]
"""A letter's content, and its triage class."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """The result of the rules: a bureau, or the reasons why a person must choose."""

    category: Category | None
    """The writer's choice, or else read from the words; None: neither."""
    police_type: PoliceType | None = None
    """None: unknown."""
    bureau: Bureau | None = None
    reasons: tuple[TriageReason, ...] = ()
    """Why a person must choose; empty if there is a bureau."""
    evidence: tuple[str, ...] = ()
    """Codes, never words of the letter."""
    confidence: float = 0.0
    """Confidence in the place, 0 to 1; 1 if the writer named it."""
    place: Bureau | None = None
    """Where the matter arose, if certain, whoever chooses the bureau."""
    suggestion: Bureau | None = None
    """A likely bureau, where a person must choose."""
    read: Category | None = None
    """The category that the words clearly show, whatever the writer chose."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What the rules read from a letter's words."""

    place: Placed
    line: RuleAnswer[PoliceType]
    kind: RuleAnswer[Category]
    level: str | None
    """The level of the police subject of a complaint: station or bureau; None: no complaint."""

    @property
    def codes(self) -> tuple[str, ...]:
        about = (f"about.{self.level}",) if self.level else ()
        return self.line.evidence + self.kind.evidence + about


FIRST: Final = 4_000
LAST: Final = 1_000
"""Code points read at the start and end of a long letter for category and line of work: the start
says what it is about, the end what is wanted. Places are read everywhere."""


class _Prepared(NamedTuple):
    """A letter's words, prepared for the rules."""

    text: str
    """Subject and body, normalised, one line each."""
    ends: int
    """Length of the subject in code points."""
    triage: TriageClass
    category: Category | None
    """The writer's choice."""

    @property
    def outer(self) -> str:
        """The part read for category and line of work: start and end of a long letter."""
        text = self.text
        return text if len(text) <= FIRST + LAST else f"{text[:FIRST]}\n{text[-LAST:]}"


SILENT: Final = _Words(Placed(reasons=("no_place",)), RuleAnswer(), RuleAnswer(), None)
"""The result for a letter without words."""


def sort(written: Written, *, triage: TriageClass) -> Sorted:
    """Apply the rules to a letter with triage class `triage`.

    The writer's choice takes precedence over the words, except when the words clearly indicate
    another city. Complaints about the police are left to a person.
    """
    return sort_all([(written, triage)])[0]


def sort_all(letters: Sequence[Letter]) -> list[Sorted]:
    """Like `sort` for many letters, but faster.

    Each rule has large tables. Each table is used for all letters before the next one, so that it
    stays in the processor's cache.
    """
    read = zip(letters, _read_all(letters), strict=True)
    return [_sorted(written, triage, words) for (written, triage), words in read]


def _sorted(written: Written, triage: TriageClass, words: _Words) -> Sorted:
    named = written.city or written.addressed_to
    place = named or _certain(words.place)
    reasons = _reasons(written, triage, words)
    return Sorted(
        category=written.category or words.kind.value,
        police_type=words.line.value,
        bureau=None if reasons else place,
        reasons=reasons,
        evidence=_named(written) + words.place.evidence + words.codes,
        confidence=1.0 if named and not reasons else words.place.confidence,
        place=None if "conflict_of_places" in reasons else place,
        suggestion=_suggestion(words, place, reasons) if reasons else None,
        read=words.kind.value if words.kind.confidence >= KNOWN else None,
    )


def _read_all(letters: Sequence[Letter]) -> Iterator[_Words]:
    """Read the words of all letters; erased words yield `SILENT`."""
    texts = [(normal(written.subject), normal(written.body)) for written, _ in letters]
    prepared = [
        _Prepared(f"{subject}\n{body}", len(subject), triage, written.category)
        for (subject, body), (written, triage) in zip(texts, letters, strict=True)
    ]
    present = [each for each in prepared if each.text.strip()]
    wordings = [Wording.of(each.outer, subject_ends=each.ends) for each in present]
    both = [*zip(present, wordings, strict=True)]
    lines = [
        topic(each.outer, wording, subject_ends=each.ends, triage=each.triage)
        for each, wording in both
    ]
    kinds = [
        kind(each.outer, wording, subject_ends=each.ends, triage=each.triage)
        for each, wording in both
    ]
    places = [placed(each.text, subject_ends=each.ends) for each in present]
    levels = [
        complained_level(
            each.text, subject_ends=each.ends, line=line.value, kinds=(each.category, read.value)
        )
        for each, line, read in zip(present, lines, kinds, strict=True)
    ]
    read = map(_Words, places, lines, kinds, levels)
    return (next(read) if each.text.strip() else SILENT for each in prepared)


def _certain(found: Placed) -> Bureau | None:
    return found.bureau if found.confidence >= SURE else None


def _named(written: Written) -> tuple[str, ...]:
    if written.city:
        return ("city.named",)
    return ("bureau.addressed",) if written.addressed_to else ()


def _reasons(written: Written, triage: TriageClass, words: _Words) -> tuple[TriageReason, ...]:
    """Why a person must choose; empty if nothing contradicts the place."""
    city, addressed = written.city, written.addressed_to
    if triage in ("crime_report", "not_police"):
        return (triage,)
    if written.is_about_police:
        return ("about_police",)
    if city and addressed and city != addressed:
        return ("conflict_of_places",)
    if words.level:
        return ("about_police",)
    if city or addressed:
        return ("conflict_of_places",) if _is_elsewhere(words.place, city or addressed) else ()
    return () if _certain(words.place) else words.place.reasons or ("low_confidence",)


def _is_elsewhere(found: Placed, named: Bureau | None) -> bool:
    """Whether words clearly indicate another city than the named one."""
    other = found.bureau not in (None, "province", named)
    return other and found.confidence >= CLEAR


def _suggestion(
    words: _Words, place: Bureau | None, reasons: tuple[TriageReason, ...]
) -> Bureau | None:
    """A likely bureau; for a complaint about a bureau the province, which is above it."""
    if "conflict_of_places" in reasons:
        return words.place.bureau or words.place.suggestion or place
    if "about_police" in reasons and words.level == "bureau":
        return "province"
    return place or words.place.bureau or words.place.suggestion
