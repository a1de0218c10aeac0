"""Holders of public keys: documents beside the letters', under rules of their own (ADR-0040)."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from services.router.domain.public_keys import (
    Anchors,
    HolderKeys,
    KeyCommand,
    decide_keys,
    evolve_keys,
)
from services.router.store.overview import CHANGED
from shared.contracts.keys_v1 import HOLDERS, KeyChanged
from shared.contracts.topics import KEYS
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letters import Letters
from shared.platform.letters.seals import Seals
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import Outgoing, ServiceDecider
from shared.platform.mongo.database import Document
from shared.platform.runtime.clock import Now
from shared.sealing.key_directory import NONE

STATE: TypeAdapter[HolderKeys] = TypeAdapter(HolderKeys)


class KeyHolders:
    """All holders of public keys. Every method raises DatabaseFault if the database fails."""

    def __init__(
        self,
        rules: ServiceDecider[KeyCommand, HolderKeys],
        seals: Seals,
        *,
        history: EventLog,
        sender: Sender,
        now: Now,
    ) -> None:
        """`history`: the router's log. The shell's sweeper, resends and checks read it whole."""
        self.documents = Letters(rules, seals, history=history, sender=sender, now=now)
        self.commands = CommandBus(self.documents)
        self._collection = history.letters

    async def keys(self) -> dict[str, HolderKeys]:
        """Return the keys of every holder."""
        known = await self.documents.states(list(HOLDERS))
        return {holder: known.get(holder, HolderKeys()) for holder in HOLDERS}

    async def due_resends(self, now: datetime) -> dict[str, datetime]:
        """Return the holders whose letters must be sent again by `now`, and since when."""
        due = {"tell_anew_at": {"$lte": now}}
        found = await self._collection.find(due, fields={"tell_anew_at": 1})
        return {holder["_id"]: holder["tell_anew_at"] for holder in found}


def key_rules(anchors: Anchors = NONE) -> ServiceDecider[KeyCommand, HolderKeys]:
    """Return the rules about keys. `anchors`: keys that count as entered."""
    return ServiceDecider(
        service="router",
        initial=HolderKeys(),
        decide=partial(decide_keys, anchors=anchors),
        evolve=evolve_keys,
        state=STATE,
        index=_index,
        outgoing=_outgoing,
        anew=_changed,
    )


def _index(state: HolderKeys) -> Document:
    return {"tell_anew_at": min(state.tell_anew, default=None)}


def _changed(*_: HolderKeys) -> tuple[str, ...]:
    """Mark each change, by which auditors find it."""
    return (CHANGED,)


def _outgoing(event: Any, _: HolderKeys) -> Iterable[Outgoing]:
    """Return what everyone is told: changes of keys."""
    if isinstance(event, KeyChanged):
        yield Outgoing(KEYS.name, event)
