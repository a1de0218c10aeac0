"""Which letters a chief reads in person: by category, all that are late, and a random sample.

The data is the part `reading` of a parsed `deadline_policies.yaml`. The sample is the same whoever
computes it: a letter is in it by its number, the policy's seed and share.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Final, Literal

from shared.kernel import plain
from shared.kernel.limits import fraction

WhyRead = Literal["category", "late", "sample"]
_SPACE: Final = 1 << 64


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    """What is to be read in person."""

    categories: frozenset[str]
    """Letters of these categories are all read."""
    is_late_read: bool
    """Whether all overdue letters are read."""
    share: Fraction
    """Share of the other letters in the sample, from 0 to 1."""
    seed: str

    @classmethod
    def of(cls, value: object, where: str) -> "ReadingPolicy":
        """Read the part `reading`. Raises: BadData."""
        row = plain.a_map(value, where)
        plain.only(row, "all", "late", "sample", where=where)
        sample: Mapping[str, object] = plain.a_map(row.get("sample"), f"{where}.sample")
        plain.only(sample, "share", "seed", where=f"{where}.sample")
        return cls(
            categories=frozenset(plain.texts(row.get("all"), f"{where}.all")),
            is_late_read=plain.a_flag(row.get("late"), f"{where}.late"),
            share=fraction(sample.get("share"), f"{where}.sample.share"),
            seed=plain.a_text(sample.get("seed"), f"{where}.sample.seed"),
        )

    def why(self, number: str, category: str, *, is_late: bool) -> WhyRead | None:
        """Return why this letter is to be read in person; None: it need not be."""
        if category in self.categories:
            return "category"
        if self.is_late_read and is_late:
            return "late"
        return "sample" if self.is_sampled(number) else None

    def is_sampled(self, number: str) -> bool:
        """Whether the sample contains the letter of this number."""
        drawn = sha256(f"{self.seed}\n{number}".encode()).digest()[:8]
        return int.from_bytes(drawn, "big") < self.share * _SPACE
