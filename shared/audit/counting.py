"""Comparison of the publisher's signed daily counts with the letters that intake has.

Each letter is added under its day, and days are compared by number and sum of leaves, so that no
more than a line for each day is in memory. Signatures are checked by whoever has the public keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from shared.audit.findings import AuditFinding
from shared.audit.looking import MISSHAPEN, Look
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.topics import SUBMITTED
from shared.kernel.daily_counts import ChainCheck, leaves_digest
from shared.kernel.letter_receipts import leaf_of
from shared.platform.mongo.database import Collection

CLOSE: Final = timedelta(minutes=10)
"""A letter that became known so shortly before its day was signed may be in that count or not."""


@dataclass(slots=True)
class SignedDay:
    """The newest entry of a day, and what intake's letters say."""

    number: int
    signed_at: datetime
    letters: int
    leaves: int
    """Sum of the leaves, as numbers."""
    found: int = 0
    found_leaves: int = 0
    is_close: bool = False
    """Whether it can't be judged."""

    def add(self, leaf: str, noted_at: datetime) -> None:
        """Add a letter that became known then; one of later is counted by the next correction."""
        if noted_at > self.signed_at:
            return
        self.is_close |= noted_at > self.signed_at - CLOSE
        self.found += 1
        self.found_leaves += int(leaf, 16)

    @property
    def is_as_signed(self) -> bool:
        """Whether exactly these letters were counted."""
        return (self.found, self.found_leaves) == (self.letters, self.leaves)


@dataclass(slots=True)
class DailyCountCheck:
    """The counted days, and what is wrong with them."""

    days: dict[str, SignedDay] = field(default_factory=dict)
    faults: list[AuditFinding] = field(default_factory=list)

    @classmethod
    async def of(cls, counts: Collection | None) -> DailyCountCheck:
        """The days as signed. Raises: DatabaseFault."""
        check, chain = cls(), ChainCheck()
        if counts is None:
            return check
        async for document in counts.stream({"_id": {"$gte": 1}}, sort=(("_id", 1),)):
            try:
                check._read(document, chain)
            except MISSHAPEN:
                check.faults.append(AuditFinding("chain_broken", f"publisher {document['_id']}"))
        return check

    def add(self, look: Look) -> None:
        """Add a letter under its day, as intake and the publisher know it."""
        intake, publisher = look.sheets.get("intake"), look.sheets.get("publisher")
        leaf = publisher.state.get("leaf") if publisher else None
        first = next(iter(intake.on(SUBMITTED.name)), None) if intake else None
        if not isinstance(leaf, dict) or first is None:
            return
        if not isinstance(first.data, LetterSubmitted):
            return
        day = self.days.get(str(leaf["received_on"])[:10])
        noted_at = publisher.document.get("leaf_noted_at") if publisher else None
        if day is not None and isinstance(noted_at, datetime):
            day.add(leaf_of(look.letter, first.data.text_sha256), noted_at)

    def findings(self) -> Iterator[AuditFinding]:
        """Everything that is wrong."""
        yield from self.faults
        for name, day in self.days.items():
            if not (day.is_as_signed or day.is_close):
                yield AuditFinding("day_miscounted", f"publisher {name}")

    def _read(self, document: dict[str, Any], chain: ChainCheck) -> None:
        entry, leaves = document["entry"], document["leaves"]
        for fault in chain.add(entry):
            self.faults.append(AuditFinding("chain_broken", f"publisher {fault}"))
        if (len(leaves), leaves_digest(leaves)) != (entry["letters"], entry["leaves_sha256"]):
            self.faults.append(AuditFinding("chain_broken", f"publisher leaves {entry['number']}"))
        self.days[entry["day"]] = SignedDay(
            entry["number"],
            datetime.fromisoformat(entry["signed_at"]),
            len(leaves),
            sum(int(leaf, 16) for leaf in leaves),
        )
