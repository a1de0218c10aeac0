"""What do routes of every service take in an address, and how is it written there?"""

import re
from typing import Annotated, Final, TypeAlias

from fastapi import Query
from pydantic import AwareDatetime, BeforeValidator, Field

from shared.platform.mongo.paging import PLACE

MOMENT: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+\-]\d\d:\d\d)$"


def _written(value: object) -> object:
    if isinstance(value, str) and not re.match(MOMENT, value, re.ASCII):
        raise ValueError("an instant is written as 2026-11-24T01:12:07Z")
    return value


Moment: TypeAlias = Annotated[
    AwareDatetime, BeforeValidator(_written), Field(json_schema_extra={"pattern": MOMENT})
]
"""An instant with its zone, after RFC 3339; a number of seconds is none."""
After: TypeAlias = Annotated[
    str | None, Query(pattern=PLACE, description="Where the last page ended: its `next`.")
]
