"""Daily counts of letters: entries that the publisher signs, each with the hash of the one before.

An entry counts the letters received on one day, Asia/Shanghai. Each day from the first one on has
an entry, also without letters. A letter that becomes known later is counted by a further entry of
its day, which corrects the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from shared.kernel.civil import ONE_DAY
from shared.kernel.letter_receipts import canonical, instant_text

COUNT: Final = "gd.mailbox.daily_count.v1"
NOTHING_BEFORE: Final = "0" * 64
"""`previous` of the first entry."""
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day's letters, to be signed."""

    day: date
    leaves: Sequence[str]
    """In order, without repetition."""
    corrects: int | None = None
    """The number of the day's entry before."""

    def entry(self, before: Entry | None, *, at: datetime) -> dict[str, Any]:
        """The entry after `before`; the signer adds `issuer`, `kid` and `signature`."""
        return {
            "type": COUNT,
            "number": 1 if before is None else before["number"] + 1,
            "day": self.day.isoformat(),
            "letters": len(self.leaves),
            "leaves_sha256": leaves_digest(self.leaves),
            "corrects": self.corrects or 0,
            "previous": NOTHING_BEFORE if before is None else entry_digest(before),
            "signed_at": instant_text(at),
        }


def counted_day(day: date, leaves: Iterable[str], *, corrects: int | None = None) -> CountedDay:
    """The day with its leaves in order."""
    return CountedDay(day, sorted(set(leaves)), corrects)


def leaves_digest(leaves: Iterable[str]) -> str:
    """SHA-256 of the leaves in order, one a line."""
    return sha256("\n".join(leaves).encode()).hexdigest()


def entry_digest(entry: Entry) -> str:
    """SHA-256 of an entry with its signature, in canonical form."""
    return sha256(canonical(entry)).hexdigest()


def chain_faults(entries: Iterable[Entry]) -> list[str]:
    """What is wrong with entries from the first one on: codes with the entry's number.

    Signatures are checked elsewhere.
    """
    faults: list[str] = []
    before: Entry | None = None
    newest: dict[str, int] = {}
    last: date | None = None
    for position, entry in enumerate(entries, 1):
        number, day = entry["number"], date.fromisoformat(entry["day"])
        previous = NOTHING_BEFORE if before is None else entry_digest(before)
        if number != position:
            faults.append(f"number {position}")
        if entry["previous"] != previous:
            faults.append(f"previous {position}")
        if entry["corrects"] != newest.get(entry["day"], 0):
            faults.append(f"corrects {position}")
        elif not entry["corrects"] and last is not None and day != last + ONE_DAY:
            faults.append(f"missing_day {position}")
        if not entry["corrects"]:
            last = day
        newest[entry["day"]] = number
        before = entry
    return faults
