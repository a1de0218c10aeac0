"""Counts of passed deadlines and escalations, taken from the router's log."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.box import SIMPLE
from rich.table import Table

from shared.audit.looking import Look
from shared.contracts.progress_v1 import LetterEscalated
from shared.contracts.topics import PROGRESS
from shared.contracts.vocabulary import ClockName, LevelName

LEVELS: Mapping[LevelName, str] = {
    "reminder": "提醒\nreminder", "yellow": "黄\nyellow", "red": "红\nred",
    "chief": "局领导\nchief", "province": "省厅督办\nprovince",
}  # fmt: skip
CLOCKS: Mapping[ClockName, str] = {
    "assign": "分派 choose the bureau", "sign_in": "签收 take it up",
    "unit_sign_in": "单位签收 the unit takes it up", "reply": "答复 reply",
    "reopened_reply": "再次答复 reply once more", "signature": "签发 signature",
    "extension": "延期审批 decide on more time", "instruction": "批示 instruction",
    "commitment": "承诺 commitment",
}  # fmt: skip


@dataclass
class Escalated:
    """Escalations by clock and level."""

    levels: Counter[tuple[str, str]] = field(default_factory=Counter)
    letters: set[str] = field(default_factory=set)
    """Letters with any clock that turned red."""
    late: set[str] = field(default_factory=set)
    """Letters that were answered late or not yet."""

    def count(self, look: Look) -> None:
        """Count the escalations in the router's events of one letter."""
        for _, event in look.events(PROGRESS.name):
            if isinstance(event, LetterEscalated):
                self.note(look.letter, event.clock, level=event.level)

    def note(self, letter: str, clock: str, *, level: str) -> None:
        """Record that a clock of that letter reached that level."""
        self.levels[clock, level] += 1
        if level == "red":
            self.letters.add(letter)
            if clock in ("reply", "reopened_reply"):
                self.late.add(letter)

    def table(self) -> Table:
        """Return the table of counts: clocks as rows, levels as columns."""
        title = (
            f"超期与升级 late and escalated: {len(self.letters)} 封有时限变红 letters with a red "
            f"clock, {len(self.late)} 封逾期答复 answered late"
        )
        table = Table(title=title, title_justify="left", box=SIMPLE)
        table.add_column("时限 clock", overflow="fold")
        for shown in LEVELS.values():
            table.add_column(shown, justify="right")
        for clock, name in CLOCKS.items():
            numbers = [self.levels[clock, level] for level in LEVELS]
            if any(numbers):
                table.add_row(name, *(str(number) if number else "·" for number in numbers))
        return table
