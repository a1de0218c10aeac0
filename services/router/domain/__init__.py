"""The rules of a letter: `decide` says what a command causes, `evolve` what an event changes."""

from services.router.domain.decide import decide
from services.router.domain.evolve import evolve

__all__ = ["decide", "evolve"]
