"""What is the back office told, and what does it keep? Letters, and beside them keys. Pure."""

from typing import Any

from services.router.domain.commands import Command
from services.router.domain.decide import decide
from services.router.domain.due_dates import Book
from services.router.domain.folding import evolve
from services.router.domain.keys import (
    KeyCommand,
    KeyProposed,
    KeysOf,
    TellAnewWanted,
    ToldAnew,
)
from services.router.domain.letter import Letter, RouterState
from services.router.domain.public_keys import Anchors, decide_keys, evolve_keys
from shared.contracts.keys_v1 import KeyChanged
from shared.kernel.errors import NotFound, NotHeld

OfficeCommand = Command | KeyCommand
OfficeState = RouterState | KeysOf


def decide_any(
    command: OfficeCommand, state: OfficeState, *, book: Book, anchors: Anchors
) -> tuple[Any, ...]:
    """What `command` causes, for a letter or for a holder of keys.

    Raises: what `decide` and `decide_keys` raise; NotFound, for one in the other's place.
    """
    if isinstance(command, KeyCommand):
        if isinstance(state, Letter):
            raise NotFound
        known = state if isinstance(state, KeysOf) else KeysOf()
        return decide_keys(command, known, anchors=anchors)
    if isinstance(state, KeysOf):
        raise NotHeld
    return decide(command, state, book=book)


def evolve_any(state: OfficeState, event: object) -> OfficeState:
    """The state that `event` leaves behind. Never refuses."""
    if isinstance(event, KeyProposed | KeyChanged | TellAnewWanted | ToldAnew):
        return evolve_keys(state if isinstance(state, KeysOf) else KeysOf(), event)
    return state if isinstance(state, KeysOf) else evolve(state, event)
