"""The rules' result for a letter of which only the words are known."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from shared.rules.classify.sorting import Sorted, sort
from shared.rules.classify.triage import RULES, Rule, TriageResult, triaged
from shared.rules.pii import OwnSpan, numbers_of_anyone
from shared.rules.text.written import Written
from shared.tryrules.letters import TrialLetter

TYPES: Final[Mapping[str, str]] = MappingProxyType({"id_number": "id_card"})
"""Names in labelled letters for kinds of personal data that have other names here."""


def tried(letter: TrialLetter, *, rules: Iterable[Rule] = RULES) -> dict[str, Any]:
    """The results of triage and routing, ready for JSON; no words of the letter.

    A letter in a file has no form, so fields that only the form provides are null.
    """
    written = Written(letter.subject, letter.body)
    front = triaged(written, rules=rules)
    found = sort(written, triage=front.class_)
    return {
        "id": letter.id,
        "triage": front.class_,
        "ask": front.asks,
        "category": found.category,
        "police_type": found.police_type,
        "city": found.place,
        "confidence": found.confidence,
        "reasons": [*_reasons(front, found)],
        "pii": [_span(span) for span in numbers_of_anyone(letter.body)],
    }


def _reasons(front: TriageResult, found: Sorted) -> Iterator[dict[str, Any]]:
    """Codes, in the order in which the rules produced them."""
    if front != TriageResult():
        yield {"code": f"triage.{front.class_}", "evidence": [*front.evidence]}
    if found.bureau:
        yield {"code": "routed", "evidence": [*found.evidence]}
    for reason in found.reasons:
        yield {"code": reason, "evidence": [*found.evidence]}


def _span(span: OwnSpan) -> dict[str, Any]:
    """Code points of the body; `end` is exclusive."""
    return {"start": span.start, "end": span.end, "type": TYPES.get(span.what, span.what)}
