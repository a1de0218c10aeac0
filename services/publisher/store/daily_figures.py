"""Figures: the fields that are loaded to count letters, and the last count of each day.

Neither words nor anything about the writer is loaded. Only public figures are stored.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from services.publisher.domain.disclosure_control import CountedLetter, LetterFigures, PublicFigures
from shared.kernel.working_days import civil_date
from shared.platform.mongo.database import Collection, Index, Insert, Update

FIGURES = "figures"
FIGURES_INDEXES = (Index((("counted_at", 1),), expire_after_s=40 * 86_400),)
PUBLIC: TypeAdapter[PublicFigures] = TypeAdapter(PublicFigures)
FIELDS = {f"state.{name}": 1 for name in ("state", "category", "bureau", "is_read", "promises")}


async def counted(letters: Collection) -> LetterFigures:
    """Figures about every letter that the router has reported. Raises: DatabaseFault."""
    figures = LetterFigures()
    async for document in letters.stream({}, fields=FIELDS):
        state: dict[str, Any] = document.get("state") or {}
        if state.get("state") is not None:
            figures.add(
                CountedLetter(
                    state["state"],
                    state.get("category"),
                    state.get("bureau"),
                    bool(state.get("is_read")),
                    tuple(each["standing"] for each in state.get("promises") or ()),
                )
            )
    return figures


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The last count of a day."""

    counted_at: datetime
    """UTC."""
    figures: PublicFigures


async def keep_figures(days: Collection, figures: PublicFigures, *, at: datetime) -> None:
    """Store a count as the last one of its day, Asia/Shanghai. Raises: DatabaseFault."""
    day, kept = civil_date(at).isoformat(), {"counted_at": at, "figures": asdict(figures)}
    written = await days.write([Insert({"_id": day, **kept})])
    if written.taken:
        earlier = {"_id": day, "counted_at": {"$lt": at}}
        await days.write([Update(earlier, {"$set": kept})])


async def figures_before(days: Collection, day: date) -> DayFigures | None:
    """The last count of the last day before `day` that has one. Raises: DatabaseFault."""
    before = {"_id": {"$lt": day.isoformat()}}
    found = await days.find(before, sort=[("_id", -1)], limit=1)
    if not found:
        return None
    return DayFigures(found[0]["counted_at"], PUBLIC.validate_python(found[0]["figures"]))
