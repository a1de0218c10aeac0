"""Steps of the played mailbox in a scenario, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from clients.bureau.check.played import Change
from clients.bureau.check.transcript import Transcript
from shared.contracts.bilingual import Bilingual
from shared.contracts.event import Event
from shared.contracts.vocabulary import ActionRefusal

Condition: TypeAlias = Callable[[Transcript], bool]


@dataclass(frozen=True, slots=True)
class Say:
    """Emit an event of a letter under its next number."""

    letter: str
    event: Event
    kid: str | None = None
    """The bureau's key to seal for; None: the default."""
    change: Change | None = None
    is_kept_back: bool = False
    """Hold the event back until `SendKeptBack`, so that later events overtake it."""


@dataclass(frozen=True, slots=True)
class SayAgain:
    """Send all events of a letter again, byte for byte."""

    letter: str


@dataclass(frozen=True, slots=True)
class SendKeptBack:
    """Send the events that were held back."""

    letter: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """Change how the mailbox treats actions of a letter."""

    letter: str
    silent_for: int = 0
    """How many actions are dropped."""
    refuses: ActionRefusal | None = None


@dataclass(frozen=True, slots=True)
class Announce:
    """Announce a holder's keys on `mailbox.keys`."""

    holder: str
    kids: tuple[str, ...]
    """All of its keys, the newest last."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Print an instruction for a person who operates the system by hand."""

    said: Bilingual


@dataclass(frozen=True, slots=True)
class AddCue:
    """Put a cue into the transcript."""

    name: str


@dataclass(frozen=True, slots=True)
class Until:
    """Wait for a record, at most for the time of one step."""

    condition: Condition
    at_least_s: float = 0.0
    """Least duration of the wait, however short a step is."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Listen for a record that must not come; stop when it comes."""

    unless: Condition


@dataclass(frozen=True, slots=True)
class LetSettle:
    """Give the system time to read what was sent."""


Step: TypeAlias = (
    Say | SayAgain | SendKeptBack | Prepare | Announce | Prompt | AddCue | Until | Quiet | LetSettle
)
Script: TypeAlias = tuple[Step, ...]
