"""Parameters, headers and bodies that routes of every service take."""

import re
from typing import Annotated, ClassVar, Final, TypeAlias

from fastapi import Header, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from shared.platform.mongo.paging import PLACE

MOMENT: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+\-]\d\d:\d\d)$"


def _written(value: object) -> object:
    if isinstance(value, str) and not re.match(MOMENT, value, re.ASCII):
        raise ValueError("an instant is written as 2026-11-24T01:12:07Z")
    return value


Moment: TypeAlias = Annotated[
    AwareDatetime, BeforeValidator(_written), Field(json_schema_extra={"pattern": MOMENT})
]
"""An instant with its zone, as in RFC 3339; not a number of seconds."""
After: TypeAlias = Annotated[
    str | None, Query(pattern=PLACE, description="Where the last page ended: its `next`.")
]
IdempotencyKey: TypeAlias = Annotated[
    str, Header(alias="Idempotency-Key", pattern=r'^"?[A-Za-z0-9_.:\-]{8,200}"?$')
]
"""The sender's name for a request: the same request sent again does nothing more."""


class RequestBody(BaseModel):
    """Base of what a person sends: unknown fields are refused, and values are never shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    later: ClassVar[frozenset[str]] = frozenset()
    """Fields that a released version lacked: unless they are set, digests must not contain them,
    or a request sent again after an upgrade would be another one."""

    def digest_of(self) -> str:
        """The request as JSON, the same for each version that knows its fields."""
        return self.model_dump_json(exclude=set(self.unset_later_fields()))

    def unset_later_fields(self) -> frozenset[str]:
        """Those of `later` that say nothing here."""
        fields = type(self).model_fields
        return frozenset(name for name in self.later if getattr(self, name) == fields[name].default)

    def __repr__(self) -> str:
        return type(self).__name__

    __str__ = __repr__
