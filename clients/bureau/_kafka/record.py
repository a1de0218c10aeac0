"""What does a record look like as the broker's client hands it out?"""

from collections.abc import Sequence
from typing import Protocol


class Raw(Protocol):
    """As much of a Kafka client's record as is looked at."""

    @property
    def topic(self) -> str:
        """The topic's name."""

    @property
    def partition(self) -> int:
        """The partition's number."""

    @property
    def offset(self) -> int:
        """Where it stands in its partition."""

    @property
    def timestamp(self) -> int:
        """When the broker took it, in milliseconds."""

    @property
    def key(self) -> bytes | None:
        """A letter number, mostly."""

    @property
    def value(self) -> bytes | None:
        """JSON, mostly."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Names and values, in their order."""
