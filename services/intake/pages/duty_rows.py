"""What templates of the duty desk show of a diversion beside its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from services.intake.domain.duty_desk import DutyRow, DutyShown
from shared.contracts.bilingual import Bilingual
from shared.rules.referral_table import area_codes
from shared.web.vocabulary import choices


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """A diversion with what is worked out for its page."""

    shown: DutyShown
    age_s: int
    """Of the writer's first diversion, where one row stands for several."""
    is_late: bool
    """Whether nobody has seen it in time."""
    city: Bilingual | None
    district: Bilingual | str | None
    """The name; the code if it is of no district of ours."""
    local_110: str
    """110 as it is dialled from elsewhere."""
    count: int = 1
    """How many of its writer's diversions the entry stands for, up to a thousand."""


def entry_of(shown: DutyShown) -> DutyEntry:
    """The entry of one diversion; of all of its writer's for a row."""
    row = shown if isinstance(shown, DutyRow) else None
    age_s = row.first_age_s if row else shown.age_s
    limit_s = (shown.see_by - shown.diverted_at).total_seconds()
    area = area_codes().get(shown.city or "")
    return DutyEntry(
        shown=shown,
        age_s=age_s,
        is_late=shown.seen_at is None and age_s >= limit_s,
        city=_names("city").get(shown.city or ""),
        district=_names("district").get(shown.district or "", shown.district),
        local_110=f"{area}-110" if area else "110",
        count=row.count if row else 1,
    )


@cache
def _names(kind: str) -> Mapping[str, Bilingual]:
    return dict(choices(kind))
