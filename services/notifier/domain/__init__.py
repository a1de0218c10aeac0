"""Rules of clocks and messages: `decide`, command to events; `evolve`, event to state."""

from services.notifier.domain.decide import decide
from services.notifier.domain.evolve import evolve

__all__ = ["decide", "evolve"]
