"""How often the simulated bureaus do what: shares, and reproducible draws."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mix:
    """The share of letters for each action; 0 for none, 1 for all."""

    returned: float = 0.0
    """Returned instead of accepted: only by the first bureau, never by the province."""
    declined: float = 0.0
    passed_on: float = 0.0
    """Passed to the unit for its police type."""
    noted: float = 0.0
    asked: float = 0.0
    """The writer is asked one question."""
    extended: float = 0.0
    """More time is requested, and the decision is awaited."""
    promised: float = 0.0
    """The reply promises something for a later working day."""
    wrong: float = 0.0
    """A reply is sent before the letter is accepted, which the router refuses."""
    wordy: float = 0.0
    """The reply has nearly the longest allowed text."""
    settles: bool = False
    """Whether instructions are answered and promises kept."""


PLAIN = Mix()
"""Every letter is accepted and answered, and nothing else happens."""
EVERYDAY = Mix(
    returned=0.05,
    declined=0.03,
    passed_on=0.9,
    noted=0.15,
    asked=0.08,
    extended=0.06,
    promised=0.1,
    wrong=0.03,
    wordy=0.03,
    settles=True,
)


def drawn(seed: str, lot: str, *, what: str) -> float:
    """A number from 0 up to 1, always the same for that lot."""
    digest = hashlib.sha256(f"{seed}:{lot}:{what}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
