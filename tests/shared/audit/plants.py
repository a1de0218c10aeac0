"""All faults that are planted."""

from tests.shared.audit import (
    plants_counts,
    plants_course,
    plants_dates,
    plants_effects,
    plants_people,
    plants_retention,
)
from tests.shared.audit.planting import PLANTS, Plant

__all__ = [
    "PLANTS",
    "Plant",
    "plants_counts",
    "plants_course",
    "plants_dates",
    "plants_effects",
    "plants_people",
    "plants_retention",
]
