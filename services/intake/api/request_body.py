"""Base of request bodies: unknown fields are refused, and values never appear in a repr."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A request body; its values are never shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return type(self).__name__

    __str__ = __repr__
