"""What would become of a letter of which only the words are known? Pure."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from shared.rules.classify.sorting import Sorted, sort
from shared.rules.classify.triage import RULES, Rule, Triaged, triaged
from shared.rules.pii import OwnSpan, numbers_of_anyone
from shared.rules.text.written import Written
from shared.tryrules.letters import TrialLetter

TYPES: Final[Mapping[str, str]] = MappingProxyType({"id_number": "id_card"})
"""Where labelled letters have another name for a kind of personal value than we have."""


def tried(letter: TrialLetter, *, rules: Iterable[Rule] = RULES) -> dict[str, Any]:
    """What the front desk and the router would make of it, ready for JSON; no word of the letter.

    A letter in a file has no form, so what only the form says is null.
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


def _reasons(front: Triaged, found: Sorted) -> Iterator[dict[str, Any]]:
    """Codes, in the order in which they were come to."""
    if front != Triaged():
        yield {"code": f"triage.{front.class_}", "evidence": [*front.evidence]}
    if found.bureau:
        yield {"code": "routed", "evidence": [*found.evidence]}
    for reason in found.reasons:
        yield {"code": reason, "evidence": [*found.evidence]}


def _span(span: OwnSpan) -> dict[str, Any]:
    """Code points of the body, `end` not included."""
    return {"start": span.start, "end": span.end, "type": TYPES.get(span.what, span.what)}
