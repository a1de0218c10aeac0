"""What is loaded of each letter to be counted: no words, and nothing of who wrote it."""

from typing import Any

from services.publisher.domain.figures import Counted, Figures
from shared.platform.database import Collection

FIELDS = {f"state.{name}": 1 for name in ("state", "category", "bureau", "is_read", "promises")}


async def counted(letters: Collection) -> Figures:
    """Every letter that the router has said anything of, counted once. Raises: DatabaseFault."""
    figures = Figures()
    async for document in letters.stream({}, fields=FIELDS):
        state: dict[str, Any] = document.get("state") or {}
        if state.get("state") is not None:
            figures.add(
                Counted(
                    state["state"],
                    state.get("category"),
                    state.get("bureau"),
                    bool(state.get("is_read")),
                    tuple(one["standing"] for one in state.get("promises") or ()),
                )
            )
    return figures
