"""Letters and codes of one run of the check; all follow from the run's name.

A run's letters have numbers of a kind of their own, never used before, so that neither what earlier
checks left on the topics nor a real letter is taken for one of them.
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
"""Of most letters: not the first, so that who always says 1 is found out."""
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def run_name(randomness: bytes) -> str:
    """A name for a run, from at least eight random bytes."""
    return _spelled(randomness[:RUN_LENGTH])


def is_invented(letter: str) -> bool:
    """Whether the number is of a letter of any check."""
    return letter.startswith(KIND)


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom a run checks, and what its letters are called."""

    bureau: Bureau
    run: str
    """From `run_name`."""
    kids: tuple[str, ...]
    """Ids of the bureau's public keys: the present one and, if it was given, the next one."""
    mailbox_kids: tuple[str, str]
    """Ids of the played mailbox's own keys: the first and the one that comes after it."""

    @property
    def has_next_key(self) -> bool:
        """Whether the bureau has given a key to change to."""
        return len(self.kids) > 1

    def letter(self, scenario: str, *, which: int = 1) -> str:
        """The number of a scenario's letter, in the form of real ones."""
        mark = self._mark("letter", scenario, which)
        return f"{KIND}{self.run[:4]}-{self.run[4:]}-{mark[:4]}-{mark[4]}"

    def code(self, scenario: str, *, which: int = 1) -> str:
        """What stands on the last line of that letter, to be quoted by who has opened it."""
        return f"MBX{self._mark('code', scenario, which)}"

    def codes(self, scenarios: Sequence[str]) -> frozenset[str]:
        """All that may be quoted."""
        both = ((self.code(name), self.code(name, which=2)) for name in scenarios)
        return frozenset(chain.from_iterable(both))

    def is_ours(self, letter: str) -> bool:
        """Whether it is a letter of this run."""
        return letter.startswith(f"{KIND}{self.run[:4]}-{self.run[4:]}-")

    def _mark(self, what: str, scenario: str, which: int) -> str:
        seed = f"{self.run}/{what}/{scenario}/{which}".encode()
        return _spelled(sha256(seed).digest()[:CODE_LENGTH])


def _spelled(some: bytes) -> str:
    return "".join(_SYMBOLS[byte % len(_SYMBOLS)] for byte in some)
