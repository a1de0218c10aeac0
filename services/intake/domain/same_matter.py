"""Same matter: whether two letters of a writer say the same, and which public answers are near."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from shared.contracts.slugs import Bureau
from shared.rules.similarity import distance, simhash
from shared.rules.text.normalise import normal
from shared.rules.text.search_grams import grams

NEAR: Final = 14
"""Differing bits of the fingerprints of two letters on the same matter, as for floods (ADR-0041);
both are of one writer, about one place and category."""
COMPARED: Final = 2_000
"""Characters at the beginning of a text that are compared."""
SHARED: Final = 0.4
"""The least share of a title's n-grams that what somebody writes must have."""
MOST_ANSWERS: Final = 3
FEWEST: Final = 3
"""The least n-grams that they must share: short titles have few."""


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """A published letter with its reply."""

    path: str
    title: str = field(repr=False)
    city: Bureau | None


@dataclass(frozen=True, slots=True)
class Matter:
    """What a letter is about, for comparison."""

    text: str = field(repr=False)
    fingerprint: int | None
    """None: too short for one."""

    @classmethod
    def of(cls, subject: str, body: str) -> "Matter":
        """The matter of a letter."""
        text = normal(f"{subject}\n{body[:COMPARED]}").strip()
        return cls(text, simhash(map(_hashed, grams(text))))

    def is_same(self, other: "Matter") -> bool:
        """Whether both say the same, nearly word for word."""
        if self.fingerprint is None or other.fingerprint is None:
            return self.text == other.text
        return distance(self.fingerprint, other.fingerprint) <= NEAR


def _hashed(gram: str) -> int:
    """64 bits without a key: fingerprints are compared at once and never stored."""
    return int.from_bytes(blake2b(gram.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def answers_near(
    subject: str, body: str, *, city: Bureau | None, published: Iterable[Mapping[str, Any]]
) -> list[PublicAnswer]:
    """At most three of the `published`, nearest first; none of another city."""
    wanted = grams(f"{subject}\n{body[:COMPARED]}")
    found: list[tuple[float, PublicAnswer]] = []
    for each in published:
        answer, title = PublicAnswer(**each), grams(each["title"])
        shared = len(title & wanted)
        is_near = shared >= FEWEST and shared >= SHARED * len(title)
        if is_near and (answer.city is None or city in (None, answer.city)):
            found.append((shared / len(title), answer))
    found.sort(key=lambda ranked: -ranked[0])
    return [answer for _, answer in found[:MOST_ANSWERS]]
