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
    """Say something of a letter under its next number."""

    letter: str
    event: Event
    kid: str | None = None
    """The bureau's key to seal for; none: the usual one."""
    change: Change | None = None
    is_kept_back: bool = False
    """Whether what follows overtakes it: it is sent at the `SendKeptBack`."""


@dataclass(frozen=True, slots=True)
class SayAgain:
    """Send everything that was said of a letter once more, byte for byte."""

    letter: str


@dataclass(frozen=True, slots=True)
class SendKeptBack:
    """Send what was kept back."""

    letter: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """Have the mailbox be difficult about a letter."""

    letter: str
    silent_for: int = 0
    """So many actions are lost."""
    refuses: ActionRefusal | None = None


@dataclass(frozen=True, slots=True)
class Announce:
    """Say on `mailbox.keys` which keys a holder has by now."""

    holder: str
    kids: tuple[str, ...]
    """All of them, the newest last."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Tell whoever drives the system by hand what to do now."""

    said: Bilingual


@dataclass(frozen=True, slots=True)
class AddCue:
    """Put a cue into the transcript."""

    name: str


@dataclass(frozen=True, slots=True)
class Until:
    """Wait until something was heard, the time of one step at most."""

    condition: Condition
    at_least_s: float = 0.0
    """The wait is never shorter than this, however short a step is."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Listen whether anything comes that should not; no longer, once it has come."""

    unless: Condition


@dataclass(frozen=True, slots=True)
class LetSettle:
    """Let the system take in what was said."""


Step: TypeAlias = (
    Say | SayAgain | SendKeptBack | Prepare | Announce | Prompt | AddCue | Until | Quiet | LetSettle
)
Script: TypeAlias = tuple[Step, ...]
