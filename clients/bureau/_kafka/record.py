"""The parts of a consumer record that this library uses."""

from collections.abc import Sequence
from typing import Protocol


class Raw(Protocol):
    """A record as the Kafka client returns it."""

    @property
    def topic(self) -> str:
        """The topic's name."""

    @property
    def partition(self) -> int:
        """The partition's number."""

    @property
    def offset(self) -> int:
        """The offset in its partition."""

    @property
    def timestamp(self) -> int:
        """The broker's timestamp in milliseconds."""

    @property
    def key(self) -> bytes | None:
        """Usually a letter number."""

    @property
    def value(self) -> bytes | None:
        """Usually JSON."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Names and values, in their order."""
