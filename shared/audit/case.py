"""What a check is asked about: one letter, its story, and the instant to judge it at. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.audit.looking import Look
from shared.audit.story import Story, story_of
from shared.contracts.keys_v1 import HOLDERS
from shared.contracts.topics import DIVERTED

MINUTE = timedelta(minutes=1)
"""In which a level that passed has to be recorded."""


@dataclass(frozen=True, slots=True)
class AuditCase:
    """One letter to be judged."""

    look: Look
    story: Story
    overdue: datetime
    """What passed before this instant must be recorded."""
    now: datetime
    """When the letter was read."""

    @property
    def is_diversion(self) -> bool:
        """Whether it is a diverted emergency, and no letter."""
        intake = self.look.sheets.get("intake")
        return intake is not None and bool(intake.on(DIVERTED.name))

    @property
    def is_holder(self) -> bool:
        """Whether it is a holder of public keys, and no letter."""
        return self.look.letter in HOLDERS


def case_of(look: Look, *, as_of: datetime, now: datetime, grace: timedelta) -> AuditCase:
    """The case of one letter, judged as of `as_of`, read `now`; `grace`: the notifier's absence."""
    return AuditCase(look, story_of(look), as_of - MINUTE - grace, now)
