"""Cases in which staff corrected the rules' classification, labelled and without words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shared.contracts import progress_v1
from shared.contracts.event import Event
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, PoliceType

DESKS = ("triage", "supervisor")
"""Roles whose decision corrects the rules."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Category, police type and bureau of a letter, as the rules or staff see it."""

    category: Category
    police_type: PoliceType | None
    bureau: Bureau | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    rules: Assessment
    people: Assessment
    received: progress_v1.LetterReceived = field(repr=False)
    reasons: tuple[str, ...] = ()

    def row(self, letter: str) -> Mapping[str, Any]:
        return {
            "id": letter,
            "category": self.people.category,
            "police_type": self.people.police_type,
            "city": self.people.bureau,
            "rules": {
                "category": self.rules.category,
                "police_type": self.rules.police_type,
                "city": self.rules.bureau,
                "confidence": self.received.confidence,
                "reasons": [*self.reasons],
                "evidence": [*self.received.evidence],
            },
        }


def correction(letter: str, facts: Iterable[Event]) -> Mapping[str, Any] | None:
    """Return what staff made of a letter beside what the rules did; None if nobody corrected it.

    It has the letter's number and codes, never its words, its writer or whom it is about.
    Complaints about the police are left out, since their target decides where they go.
    """
    case: _Case | None = None
    for fact in facts:
        if isinstance(fact, progress_v1.LetterReceived):
            seen = Assessment(fact.category, fact.police_type)
            case = _Case(seen, seen, fact)
        elif case is not None:
            case = _after(case, fact)
    if case is None or case.rules == case.people or "about_police" in case.reasons:
        return None
    return case.row(letter)


def _after(case: _Case, fact: Event) -> _Case:
    match fact:
        case progress_v1.TriageEntered() if not case.reasons:
            guess = replace(case.rules, bureau=fact.suggestion)
            return replace(case, rules=guess, people=guess, reasons=fact.reasons)
        case progress_v1.LetterRouted(why="rule") if case.people.bureau is None:
            sent = replace(case.rules, bureau=fact.bureau)
            return replace(case, rules=sent, people=sent)
        case progress_v1.LetterRouted(why="desk"):
            return replace(case, people=replace(case.people, bureau=fact.bureau))
        case progress_v1.LetterReclassified() if fact.by.role in DESKS:
            seen = replace(case.people, category=fact.category, police_type=fact.police_type)
            return replace(case, people=seen)
        case _:
            return case
