"""What staff search for, and what a search shows."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from shared.contracts.fields import Day, DistrictCode
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.text import Text
from shared.contracts.vocabulary import Category, State
from shared.kernel.access_policy import Sight
from shared.platform.http.parameters import RequestBody
from shared.platform.mongo.paging import PLACE

MOST_WORDS = 64
"""Characters of the search text."""
SomeDay = Annotated[Day, Field(ge=date(2020, 1, 1), le=date(2099, 12, 31))]


class Search(RequestBody):
    """The criteria; a missing one matches anything. Days are those of Asia/Shanghai."""

    number: Annotated[str, Text(1, 64)] | None = None
    words: Annotated[str, Text(1, MOST_WORDS)] | None = None
    """All of them must occur in the subject or at the beginning of the text."""
    holder: Holder | None = None
    state: State | None = None
    category: Category | None = None
    city: Bureau | None = None
    """Where the matter arose."""
    district: DistrictCode | None = None
    due_until: SomeDay | None = None
    """The first of its clocks passes by 24:00 of that day."""
    received_from: SomeDay | None = None
    received_until: SomeDay | None = None
    after: Annotated[str, Field(pattern=PLACE)] | None = None
    """The last page's `next`."""


class Hit(BaseModel):
    """A letter that was found; a former holder gets no field that may have changed since."""

    letter: str
    sight: Sight
    received_at: datetime
    state: State | None = None
    holder: Holder | None = None
    category: Category | None = None
    supervised: bool | None = None
    due_at: datetime | None = None
    """When the first of its clocks passes."""
    subject: str | None = Field(default=None, repr=False)
    """None for a person who may see only the letter's course."""


class Hits(BaseModel):
    """One page of results, newest first."""

    letters: list[Hit]
    next: str | None
    """The value of `after`; there may be more, even if this page is short."""
