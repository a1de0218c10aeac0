"""Rules of publishing: what two editors make public together, and what never is."""

from services.publisher.domain.decide import Command, decide, rule_table
from services.publisher.domain.evolve import PublisherEvent, evolve

__all__ = ["Command", "PublisherEvent", "decide", "evolve", "rule_table"]
