"""What the routes work with: the router's parts."""

from dataclasses import dataclass

from services.router.domain import Command, RouterState
from shared.kernel.offices import Offices
from shared.platform.clock import Now
from shared.platform.commands import Commands
from shared.platform.database import Collection
from shared.platform.letters import Letters


@dataclass(frozen=True, slots=True)
class Desk:
    """The router's parts, as its routes need them."""

    commands: Commands[Command, RouterState]
    letters: Letters[Command, RouterState]
    documents: Collection
    now: Now
    offices: Offices
