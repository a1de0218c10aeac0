"""The input of a check: one letter, its story, and the instant as of which it is judged."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.audit.looking import Look
from shared.audit.story import Story, story_of
from shared.contracts.keys_v1 import HOLDERS
from shared.contracts.topics import DIVERTED
from shared.kernel.retention import RetentionTable

MINUTE = timedelta(minutes=1)
"""Time within which a passed level has to be recorded."""


@dataclass(frozen=True, slots=True)
class AuditCase:
    """One letter to judge."""

    look: Look
    story: Story
    overdue: datetime
    """Everything that passed before this instant must be recorded."""
    now: datetime
    """When the letter was read."""
    table: RetentionTable

    @property
    def is_diversion(self) -> bool:
        """Whether this is a diverted emergency, not a letter."""
        intake = self.look.sheets.get("intake")
        return intake is not None and bool(intake.on(DIVERTED.name))

    @property
    def is_holder(self) -> bool:
        """Whether this is a holder of public keys, not a letter."""
        return self.look.letter in HOLDERS


def case_of(
    look: Look, *, as_of: datetime, now: datetime, grace: timedelta, table: RetentionTable
) -> AuditCase:
    """Make the case of one letter; `grace`: how long the notifier was away."""
    return AuditCase(look, story_of(look), as_of - MINUTE - grace, now, table)
