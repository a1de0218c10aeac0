"""Settings of the simulation: speed, mix of actions and silent bureaus."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from clients.bureau.settings import BureauSettings
from clients.bureau.simulate.hours import OfficeTimeFile
from clients.bureau.simulate.mix import EVERYDAY, PLAIN, Mix
from clients.bureau.simulate.office import Office
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.tempo import USUAL, Tempo
from shared.contracts.slugs import Bureau


def _split(slugs: object) -> object:
    return tuple(slugs.replace(",", " ").split()) if isinstance(slugs, str) else slugs


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class SimulateSettings(BureauSettings):
    """Settings besides those of every bureau: `MAILBOX_BUREAUS_…`."""

    bureaus_port: int = Field(default=8085, ge=1, le=65_535)
    bureaus_accept_s: float = Field(default=0.3, ge=0, le=3_600)
    bureaus_reply_s: float = Field(default=1.0, ge=0, le=3_600)
    bureaus_hold: Annotated[tuple[Bureau, ...], BeforeValidator(_split)] = ()
    """Slugs separated by commas or blanks."""
    bureaus_seed: str = "1"
    """The seed that decides which letters are returned, asked about …"""
    bureaus_mix: Literal["plain", "everyday"] = "everyday"
    """`plain`: every letter is accepted and answered, and the shares are ignored."""
    bureaus_return: Share = EVERYDAY.returned
    """Share of the letters that their first bureau returns; the province never does."""
    bureaus_decline: Share = EVERYDAY.declined
    bureaus_pass_on: Share = EVERYDAY.passed_on
    bureaus_note: Share = EVERYDAY.noted
    bureaus_ask: Share = EVERYDAY.asked
    bureaus_extension: Share = EVERYDAY.extended
    bureaus_commitment: Share = EVERYDAY.promised

    bureaus_wrong: Share = EVERYDAY.wrong
    bureaus_wordy: Share = EVERYDAY.wordy
    bureaus_slow: Share = USUAL.slow
    """Share of the letters that are answered late under a simulated clock."""
    bureaus_forget: Share = USUAL.forgotten
    """Share of those that wait until the bureau is chased, also under a simulated clock."""
    clock_file: Path | None = None
    """The file of office time under a simulated clock; None: the seconds above."""

    @property
    def office(self) -> Office | None:
        """The office's hours, if any. Raises: BadHours."""
        if self.clock_file is None:
            return None
        tempo = Tempo(self.bureaus_seed, self.bureaus_slow, self.bureaus_forget)
        return Office(OfficeTimeFile(self.clock_file), tempo)

    @property
    def pace(self) -> Pace:
        """The pauses of the bureaus."""
        return Pace(
            self.bureaus_accept_s,
            self.bureaus_reply_s,
            frozenset(self.bureaus_hold),
            self.bureaus_seed,
            self._mix,
        )

    @property
    def _mix(self) -> Mix:
        if self.bureaus_mix == "plain":
            return PLAIN
        return Mix(
            returned=self.bureaus_return,
            declined=self.bureaus_decline,
            passed_on=self.bureaus_pass_on,
            noted=self.bureaus_note,
            asked=self.bureaus_ask,
            extended=self.bureaus_extension,
            promised=self.bureaus_commitment,
            wrong=self.bureaus_wrong,
            wordy=self.bureaus_wordy,
            settles=True,
        )
