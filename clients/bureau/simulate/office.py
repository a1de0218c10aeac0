"""The office hours of simulated bureaus under a simulated clock."""

from dataclasses import dataclass

from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.hours import OfficeTimeFile
from clients.bureau.simulate.steps import Step
from clients.bureau.simulate.tempo import Tempo


@dataclass(frozen=True, slots=True)
class Office:
    """The office's hours, and how many of them the bureaus take."""

    hours: OfficeTimeFile
    tempo: Tempo

    def due(self, held: BureauLetter, step: Step) -> float:
        """When a step is due, in seconds of office hours since the letter's last event."""
        if self.tempo.was_chased(held, step):
            return self.tempo.chased(held, step, now=self.hours.worked())
        since = held.replied_at if step == "fulfil" and held.replied_at else held.said_at
        return self.hours.worked_by(since) + self.tempo.seconds(held, step)
