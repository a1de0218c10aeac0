"""What came out of an audit, counted? No input or output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared.audit.checks.duty import DivertedEmergency, Seeing
from shared.audit.findings import CODES, PROMISES, AuditFinding, Invariant
from shared.platform.repair.watermarks import Behind

MOST_SHOWN = 20


class Breach(NamedTuple):
    """Something that breaks an invariant."""

    letter: str
    finding: AuditFinding


@dataclass(slots=True)
class InvariantTally:
    """One invariant."""

    breaches: int = 0
    letters: int = 0
    """Letters with at least one."""
    moving: int = 0
    """Letters that look wrong and changed while they were looked at."""
    behind: int = 0
    """Letters of which a service that is behind has not read everything."""
    shown: list[Breach] = field(default_factory=list)

    def add(self, letter: str, findings: list[AuditFinding]) -> None:
        """Count one letter's breaches, and keep the first few to show."""
        self.letters += 1
        self.breaches += len(findings)
        room = MOST_SHOWN - len(self.shown)
        self.shown += [Breach(letter, finding) for finding in findings[:room]]


@dataclass(slots=True)
class AuditTally:
    """One audit."""

    as_of: datetime
    letters: int = 0
    lines: dict[Invariant, InvariantTally] = field(
        default_factory=lambda: {invariant: InvariantTally() for invariant in PROMISES}
    )
    behind: Sequence[Behind] = ()
    """What services still had not read when they no longer moved."""
    unjudged: int = 0
    """Letters that looked wrong and were too many to be looked at again."""
    diversions: Counter[Seeing] = field(default_factory=Counter)
    """How many diverted emergencies were seen, and how."""
    unseen_since: datetime | None = None
    """When the oldest was diverted that nobody has seen."""
    given_up: int = 0
    """Messages to writers and staff that the gateway never took."""
    waited_s: float = 0.0
    read_s: float = 0.0

    def breach(self, letter: str, findings: list[AuditFinding]) -> None:
        """Count what stands against a letter."""
        for invariant, line in self.lines.items():
            if mine := [one for one in findings if CODES[one.code].breaks == invariant]:
                line.add(letter, mine)

    def moves(self, findings: list[AuditFinding]) -> None:
        """Count a letter that changed, under what it looked like."""
        for invariant in {CODES[one.code].breaks for one in findings}:
            self.lines[invariant].moving += 1

    def waits(self, findings: list[AuditFinding]) -> None:
        """Count a letter of which a service that is behind has not read everything."""
        for invariant in {CODES[one.code].breaks for one in findings}:
            self.lines[invariant].behind += 1

    def divert(self, diversion: DivertedEmergency) -> None:
        """Count a diverted emergency."""
        self.diversions[diversion.seeing] += 1
        if diversion.seeing not in ("in_time", "late"):
            before = self.unseen_since or diversion.diverted_at
            self.unseen_since = min(before, diversion.diverted_at)

    @property
    def breaches(self) -> int:
        """All of them."""
        return sum(line.breaches for line in self.lines.values())
