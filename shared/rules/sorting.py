"""Whose is a letter, and what is it? What the router's rules say, before a person does. Pure."""

from dataclasses import dataclass

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, PoliceType, TriageClass, TriageReason
from shared.rules.written import Written


@dataclass(frozen=True, slots=True)
class Sorted:
    """The bureau that the rules are certain of, or why a person must choose."""

    category: Category | None
    """None: the writer chose none, and no rule reads it from words."""
    police_type: PoliceType | None = None
    """None: no rule knows."""
    bureau: Bureau | None = None
    reasons: tuple[TriageReason, ...] = ()
    """Why a person must choose; none, where there is a bureau."""
    evidence: tuple[str, ...] = ()
    """Codes, never words of the letter."""

    @property
    def confidence(self) -> float:
        """How sure the rules are of the bureau: they go by what was chosen, so all or nothing."""
        return 1.0 if self.bureau else 0.0


def sort(written: Written, *, triage: TriageClass) -> Sorted:
    """What the rules make of a letter that the front desk let in as `triage`."""
    city, addressed, category = written.city, written.addressed_to, written.category
    if triage in ("crime_report", "not_police"):
        return Sorted(category, reasons=(triage,))
    if written.is_about_police:
        return Sorted(category, reasons=("about_police",))
    if city and addressed and city != addressed:
        return Sorted(category, reasons=("conflict_of_places",))
    if city:
        return Sorted(category, bureau=city, evidence=("city.named",))
    if addressed:
        return Sorted(category, bureau=addressed, evidence=("bureau.addressed",))
    return Sorted(category, reasons=("no_place",))
