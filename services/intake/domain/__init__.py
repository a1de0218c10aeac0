"""Rules of intake: which letters are accepted, what writers may ask, and what leaves intake."""

from services.intake.domain.decide import Command, decide, rule_table
from services.intake.domain.evolve import IntakeState, evolve

__all__ = ["Command", "IntakeState", "decide", "evolve", "rule_table"]
