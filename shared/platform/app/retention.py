"""What operators see and do about retention; only intake, which decides erasures, offers it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, TypeAlias

from shared.contracts.vocabulary import Erasable
from shared.platform.crypto.signed_exports import ExportSigner

AskedBy: TypeAlias = Literal["rule", "writer", "operator"]
"""Who asked for an erasure."""


class RuleDue(NamedTuple):
    """What is due by one row of the retention table."""

    rule: str
    letters: int
    """Letters and diversions, counted up to a thousand in all rows."""
    oldest: datetime
    """Since when the first is due."""


class RetentionOverview(NamedTuple):
    """What is due now, and when the next part will be."""

    due: Sequence[RuleDue]
    next_due: datetime | None


class LedgerLine(Protocol):
    """An erasure that is done."""

    @property
    def letter(self) -> str:
        """The number of a letter or diversion."""

    @property
    def what(self) -> tuple[Erasable, ...]:
        """The parts."""

    @property
    def rule(self) -> str:
        """The row of the table, or whose request it was."""

    @property
    def by(self) -> str:
        """`rule`, `writer` or `operator`."""

    @property
    def at(self) -> datetime:
        """When it began."""


class PartEraser(Protocol):
    """Erases parts of one letter everywhere."""

    async def present(self, letter: str, what: Sequence[Erasable]) -> tuple[Erasable, ...]:
        """Those of the parts that would be erased. Raises: NotFound, OutOfOrder."""
        ...

    async def erase(
        self,
        letter: str,
        what: Sequence[Erasable],
        *,
        rule: str,
        by: AskedBy,
        reference: str = "",
    ) -> tuple[Erasable, ...]:
        """Erase them and return those that were there. Raises: NotFound, OutOfOrder."""
        ...


@dataclass(frozen=True, slots=True)
class Retention:
    """The parts that the operator's commands use."""

    eraser: PartEraser
    overview: Callable[[], Awaitable[RetentionOverview]]
    ledger: Callable[[], AsyncIterator[LedgerLine]]
    signer: ExportSigner
