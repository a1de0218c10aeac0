"""Who acts, and the fields that the commands of one kind of actor share. Instants are UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeAlias

from shared.contracts.slugs import Holder
from shared.contracts.values import By

RULE = By(role="rule")
WRITER = By(role="writer")
CLOCK = By(role="clock")


@dataclass(frozen=True)
class HolderCommand:
    """A command of the letter's holder: a bureau, or the triage desk."""

    bureau: Holder
    """Who acts; nobody can act for another."""
    assignment: int
    """The holding that the actor knew of."""
    by: By
    at: datetime
    """When the action counts: for a bureau's action, the broker's append time."""


@dataclass(frozen=True)
class DeskCommand:
    """A command of staff at a desk."""

    by: By
    at: datetime


@dataclass(frozen=True)
class WriterCommand:
    """A request of the writer."""

    by: ClassVar[By] = WRITER
    request_id: str
    at: datetime
    """When intake took it in: a request made in time counts as in time."""


@dataclass(frozen=True)
class ServiceCommand:
    """A command from another service, an operator or the router itself."""

    by: ClassVar[By] = RULE
    at: datetime = field(kw_only=True)
    """When the router got it."""


Command: TypeAlias = HolderCommand | DeskCommand | WriterCommand | ServiceCommand
