"""What the routes work with: the router's parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.router.domain import OfficeCommand, OfficeState
from services.router.store.catalogue import Catalogue
from services.router.store.notes import Notes
from shared.contracts.keys_v1 import HolderKey
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.letters import Letters
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now


@dataclass(frozen=True, slots=True)
class Desk:
    """The router's parts, as its routes need them."""

    commands: CommandBus[OfficeCommand, OfficeState]
    letters: Letters[OfficeCommand, OfficeState]
    documents: Collection
    now: Now
    words: Catalogue
    notes: Notes
    anchors: Mapping[str, Sequence[HolderKey]] = field(default_factory=dict)
    """Keys that count as entered before anybody entered one; for development only."""
