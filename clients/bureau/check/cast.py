"""Letters and codes of one run of the check, all derived from the run's name.

Letters of a run have numbers that nothing else uses, which tells them from letters of earlier
checks and from real ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from shared.contracts.slugs import Bureau

KIND = "GD-TEST-"
"""How the numbers of invented letters begin."""
RUN_LENGTH = 8
CODE_LENGTH = 8
ASSIGNMENT = 2
"""Assignment number of most letters. It isn't 1, which exposes systems that always send 1."""
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def run_name(randomness: bytes) -> str:
    """A name for a run, from at least eight random bytes."""
    return _spelled(randomness[:RUN_LENGTH])


def is_invented(letter: str) -> bool:
    """Whether the number belongs to a letter of any check."""
    return letter.startswith(KIND)


@dataclass(frozen=True, slots=True)
class Cast:
    """The bureau under check and the names of the run's letters."""

    bureau: Bureau
    run: str
    """From `run_name`."""
    kids: tuple[str, ...]
    """Ids of the bureau's public keys: the present one and, if it was given, the next one."""
    mailbox_kids: tuple[str, str]
    """Ids of the played mailbox's own keys: the first and the one that comes after it."""

    @property
    def has_next_key(self) -> bool:
        """Whether the bureau provided a second key to change to."""
        return len(self.kids) > 1

    def letter(self, scenario: str, *, which: int = 1) -> str:
        """The number of a scenario's letter, in the form of real numbers."""
        mark = self._mark("letter", scenario, which)
        return f"{KIND}{self.run[:4]}-{self.run[4:]}-{mark[:4]}-{mark[4]}"

    def code(self, scenario: str, *, which: int = 1) -> str:
        """The last line of that letter, which a system quotes after decrypting it."""
        return f"MBX{self._mark('code', scenario, which)}"

    def codes(self, scenarios: Sequence[str]) -> frozenset[str]:
        """All codes that may be quoted."""
        both = ((self.code(name), self.code(name, which=2)) for name in scenarios)
        return frozenset(chain.from_iterable(both))

    def is_ours(self, letter: str) -> bool:
        """Whether the number belongs to this run."""
        return letter.startswith(f"{KIND}{self.run[:4]}-{self.run[4:]}-")

    def _mark(self, what: str, scenario: str, which: int) -> str:
        seed = f"{self.run}/{what}/{scenario}/{which}".encode()
        return _spelled(sha256(seed).digest()[:CODE_LENGTH])


def _spelled(some: bytes) -> str:
    return "".join(_SYMBOLS[byte % len(_SYMBOLS)] for byte in some)
