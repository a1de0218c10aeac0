"""How fast are the simulated bureaus, and which of them stay silent? Settings, read once."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field

from clients.bureau.settings import BureauSettings
from clients.bureau.simulate.decisions import Step
from shared.contracts.slugs import Bureau


def _split(slugs: object) -> object:
    return tuple(slugs.replace(",", " ").split()) if isinstance(slugs, str) else slugs


@dataclass(frozen=True, slots=True)
class Pace:
    """How the bureaus work."""

    accept_s: float
    """About how long a letter lies before it is taken up."""
    reply_s: float
    """About how long it takes from there to the reply."""
    silent: frozenset[str] = frozenset()
    """Bureaus that only read, so that a person can act for them."""
    seed: str = "1"

    def seconds(self, step: Step) -> float:
        """About how long a step takes."""
        return self.accept_s if step == "accept" else self.reply_s


class SimulateSettings(BureauSettings):
    """Beside what every bureau needs: `MAILBOX_BUREAUS_…`."""

    bureaus_port: int = Field(default=8085, ge=1, le=65_535)
    bureaus_accept_s: float = Field(default=0.3, ge=0, le=3_600)
    bureaus_reply_s: float = Field(default=1.0, ge=0, le=3_600)
    bureaus_hold: Annotated[tuple[Bureau, ...], BeforeValidator(_split)] = ()
    """Slugs with commas or blanks between."""
    bureaus_seed: str = "1"

    @property
    def pace(self) -> Pace:
        """How the bureaus work."""
        return Pace(
            self.bureaus_accept_s,
            self.bureaus_reply_s,
            frozenset(self.bureaus_hold),
            self.bureaus_seed,
        )
