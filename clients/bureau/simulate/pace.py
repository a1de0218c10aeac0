"""How fast the simulated bureaus work, and which of them stay silent."""

from dataclasses import dataclass

from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.mix import PLAIN, Mix, drawn
from clients.bureau.simulate.steps import Step

JITTER = 0.4
"""Largest share by which a pause differs from its setting."""
TAKING_UP: frozenset[Step] = frozenset(
    ("accept", "return", "decline", "pass_on", "unit_accept", "note")
)
LATER = 30.0
"""Half of the promises are kept at once, the other half after this many pauses."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Pauses of the bureaus between steps."""

    accept_s: float
    """Typical pause before each step of accepting a letter and passing it to a unit."""
    reply_s: float
    """Typical pause before each later step: a question, the reply, what was promised."""
    silent: frozenset[str] = frozenset()
    """Bureaus that only read, so that a person can act for them."""
    seed: str = "1"
    mix: Mix = PLAIN

    def pause(self, held: BureauLetter, step: Step) -> float:
        """A bureau's pause before a step: near its setting, always the same for a letter."""
        seconds = self.accept_s if step in TAKING_UP else self.reply_s
        if step == "fulfil" and drawn(self.seed, held.lot, what="kept later") < 0.5:
            seconds *= LATER
        share = drawn(self.seed, held.lot, what=f"{held.assignment}:{step}")
        return seconds * (1 - JITTER + 2 * JITTER * share)
