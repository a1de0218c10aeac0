"""Is a letter for this mailbox? What its words say at the front desk. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from shared.contracts.vocabulary import Threshold, TriageClass
from shared.rules.written import Written


@dataclass(frozen=True, slots=True)
class Triaged:
    """What became of a letter at the front desk."""

    class_: TriageClass = "accept"
    """What it is stopped or marked as."""
    asks: bool = False
    """Whether its writer is asked "is it happening now?", and the duty desk told."""
    evidence: tuple[str, ...] = ()
    """Codes, never words of the letter."""

    @property
    def threshold(self) -> Threshold | None:
        """`stop`: the letter is not taken in as one; `ask`: it is, while the duty desk sees it."""
        if self.class_ == "emergency":
            return "stop"
        return "ask" if self.asks else None


Rule: TypeAlias = Callable[[Written], Triaged | None]
"""None: it has nothing to say of this letter."""

RULES: Final[tuple[Rule, ...]] = ()
"""Those in force, most urgent first. None reads words yet: every letter comes in."""


def triaged(written: Written, *, rules: Iterable[Rule] = RULES) -> Triaged:
    """What the first rule says that has something to say; without one the letter comes in."""
    said = (rule(written) for rule in rules)
    return next((one for one in said if one is not None), Triaged())
