"""Daily counts of letters: entries that the publisher signs, each with the hash of the one before.

An entry counts the letters received on one day, Asia/Shanghai. Each day from the first one on has
an entry, also without letters. A letter that becomes known later is counted by a further entry of
its day, which corrects the one before.
"""

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
class LeavesOfDay:
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


def counted_day(day: date, leaves: Iterable[str], *, corrects: int | None = None) -> LeavesOfDay:
    """The day with its leaves in order."""
    return LeavesOfDay(day, sorted(set(leaves)), corrects)


def leaves_digest(leaves: Iterable[str]) -> str:
    """SHA-256 of the leaves in order, one a line."""
    return sha256("\n".join(leaves).encode()).hexdigest()


def entry_digest(entry: Entry) -> str:
    """SHA-256 of an entry with its signature, in canonical form."""
    return sha256(canonical(entry)).hexdigest()


class ChainCheck:
    """Checks entries in order, from the first one on. Signatures are checked elsewhere."""

    def __init__(self) -> None:
        self._before: Entry | None = None
        self._newest: dict[str, int] = {}
        self._last: date | None = None
        self._position = 0

    def add(self, entry: Entry) -> list[str]:
        """What is wrong with the next entry: codes with its position."""
        self._position += 1
        day, corrects = date.fromisoformat(entry["day"]), entry["corrects"]
        expected = NOTHING_BEFORE if self._before is None else entry_digest(self._before)
        is_next = corrects or self._last is None or day == self._last + ONE_DAY
        wrong = {
            "number": entry["number"] != self._position,
            "previous": entry["previous"] != expected,
            "corrects": corrects != self._newest.get(entry["day"], 0),
            "missing_day": not is_next,
        }
        self._last = self._last if corrects else day
        self._newest[entry["day"]] = entry["number"]
        self._before = entry
        return [f"{code} {self._position}" for code, is_wrong in wrong.items() if is_wrong]


def chain_faults(entries: Iterable[Entry]) -> list[str]:
    """What is wrong with entries from the first one on."""
    check = ChainCheck()
    return [fault for entry in entries for fault in check.add(entry)]
