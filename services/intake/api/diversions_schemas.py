"""Bodies of the routes of writers whose words were diverted."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.api.warnings import LineShown
from shared.contracts.vocabulary import DiversionOutcome
from shared.platform.http.parameters import RequestBody


class NewHappening(RequestBody):
    """Whether the emergency is happening now."""

    happening_now: Annotated[bool, Field(strict=True)]


class DiversionShown(BaseModel):
    """A diversion as its writer sees it, without staff; instants are UTC."""

    diversion: str
    diverted_at: datetime
    asks: bool
    """Whether the writer has still to say if it is happening now."""
    was_seen: bool
    outcome: DiversionOutcome | None
    letter: str | None
    """The letter that it became, or that the words were about."""
    lines: list[LineShown]
    """Whom to turn to, most urgent first."""
