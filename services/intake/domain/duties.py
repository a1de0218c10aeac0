"""What can intake be told about a diverted emergency? Commands only. Pure. Instants are UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.intake.domain.diversion import Caught
from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.vocabulary import DiversionOutcome


@dataclass(frozen=True)
class Divert:
    """Keep what may be an emergency, and have the duty desk paged."""

    owner: str
    diverted: LetterDiverted
    caught: Caught


@dataclass(frozen=True)
class SeeDiversion:
    """A person of the duty desk has it before them."""

    staff: str
    at: datetime


@dataclass(frozen=True)
class ResolveDiversion:
    """The duty desk has done what there was to do."""

    staff: str
    at: datetime
    outcome: DiversionOutcome
    reference: str | None = None
    """Of another office; `handed_to_110` needs it."""


@dataclass(frozen=True)
class SayHappening:
    """The writer, asked whether it is happening now, says so or not."""

    owner: str
    is_happening: bool


@dataclass(frozen=True)
class NoteLetterMade:
    """The letter that it has become was taken in."""


DiversionCommand: TypeAlias = (
    Divert | SeeDiversion | ResolveDiversion | SayHappening | NoteLetterMade
)
