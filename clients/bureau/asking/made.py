"""What do all actions say of their making? When, and who of the bureau. Pure."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

NO_ID = UUID(int=0)
"""Of an action that has no id of its own yet."""


class Made(TypedDict):
    """When an action was made, in UTC, and by whom: an opaque id, never a name."""

    made_at: datetime
    staff: str
