"""How often the simulated bureaus do what: shares, and reproducible draws."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mix:
    """Of which share of the letters each is done; 0 for none, 1 for all."""

    returned: float = 0.0
    """Handed back instead of taken up: by the first bureau only, and never by the province."""
    declined: float = 0.0
    passed_on: float = 0.0
    """Given to the unit for its line of police work."""
    noted: float = 0.0
    asked: float = 0.0
    """Its writer is asked something, once."""
    extended: float = 0.0
    """More time is asked for, and what is decided is waited for."""
    promised: float = 0.0
    """The reply promises something, for a day some working days later."""
    wrong: float = 0.0
    """A reply is tried before it was taken up, which the router refuses."""
    wordy: float = 0.0
    """The reply is as long as anybody could wish."""
    settles: bool = False
    """Whether instructions are answered and promises kept."""


PLAIN = Mix()
"""Every letter is taken up and answered, and that is all."""
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
    """From 0 up to 1, the same whenever it is drawn for the letter of that lot."""
    digest = hashlib.sha256(f"{seed}:{lot}:{what}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
