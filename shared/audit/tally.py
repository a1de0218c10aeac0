"""The result of an audit, in counts."""

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
    """A finding that breaks an invariant."""

    letter: str
    finding: AuditFinding


@dataclass(slots=True)
class InvariantTally:
    """The counts for one invariant."""

    breaches: int = 0
    letters: int = 0
    """Letters with at least one breach."""
    moving: int = 0
    """Suspect letters that changed while they were checked."""
    behind: int = 0
    """Letters with findings because a service is behind."""
    shown: list[Breach] = field(default_factory=list)

    def add(self, letter: str, findings: list[AuditFinding]) -> None:
        """Count one letter's breaches, and keep the first few to show."""
        self.letters += 1
        self.breaches += len(findings)
        room = MOST_SHOWN - len(self.shown)
        self.shown += [Breach(letter, finding) for finding in findings[:room]]


@dataclass(slots=True)
class AuditTally:
    """The result of one audit."""

    as_of: datetime
    letters: int = 0
    lines: dict[Invariant, InvariantTally] = field(
        default_factory=lambda: {invariant: InvariantTally() for invariant in PROMISES}
    )
    behind: Sequence[Behind] = ()
    """What services still had not read when they made no more progress."""
    unjudged: int = 0
    """Suspect letters that were too many to be checked again."""
    diversions: Counter[Seeing] = field(default_factory=Counter)
    """Number of diverted emergencies by state."""
    unseen_since: datetime | None = None
    """When the oldest unseen emergency was diverted."""
    given_up: int = 0
    """Messages to writers and staff that the gateway never accepted."""
    waited_s: float = 0.0
    read_s: float = 0.0

    def breach(self, letter: str, findings: list[AuditFinding]) -> None:
        """Count the breaches of a letter."""
        for invariant, line in self.lines.items():
            if mine := [found for found in findings if CODES[found.code].breaks == invariant]:
                line.add(letter, mine)

    def moves(self, findings: list[AuditFinding]) -> None:
        """Count a changed letter under the invariants that it seemed to break."""
        for invariant in {CODES[finding.code].breaks for finding in findings}:
            self.lines[invariant].moving += 1

    def waits(self, findings: list[AuditFinding]) -> None:
        """Count a letter with findings because a service is behind."""
        for invariant in {CODES[finding.code].breaks for finding in findings}:
            self.lines[invariant].behind += 1

    def divert(self, diversion: DivertedEmergency) -> None:
        """Count a diverted emergency."""
        self.diversions[diversion.seeing] += 1
        if diversion.seeing not in ("in_time", "late"):
            before = self.unseen_since or diversion.diverted_at
            self.unseen_since = min(before, diversion.diverted_at)

    @property
    def breaches(self) -> int:
        """The number of all breaches."""
        return sum(line.breaches for line in self.lines.values())
