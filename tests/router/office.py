"""The router at work: its shell, its web face, and the records that others send it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.router import wiring
from services.router.api import RouterDesk, router
from services.router.domain.actors import Command
from services.router.domain.letter import Letter, LetterState
from services.router.domain.registration import ReceiveLetter
from services.router.jobs.word_indexing import WordIndexing
from services.router.settings import RouterSettings
from services.router.store.desk_stores import DeskStores
from services.router.store.notes import Notes
from services.router.store.public_keys import KeyHolders, key_rules
from services.router.store.word_index import WordIndex
from shared.contracts.actions_v1 import Accept, Reply
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import SUBMITTED, actions_of
from shared.platform.crypto.word_hash import hashes
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.mongo.database import Document
from tests.intake.faces import opened_face, settings, token
from tests.router.story import LETTER, MONDAY, REPLY, RULEBOOK, receive
from tests.support.doubles import Clock, Memory, MemoryDatabase
from tests.support.sealed_shell import (
    SealedShell,
    running,
    sealed_record,
    sealed_shell,
    seals,
)
from tests.support.watching import Watch, unwatched

STAFF: Mapping[str, list[str]] = {
    "lin": ["triage"],
    "wu": ["supervisor"],
    "xu": ["supervisor"],
    "gz": ["bureau:guangzhou:handler"],
    "fs": ["bureau:foshan:traffic:handler"],
    "mei": ["editor"],
    "bare": ["bureau:guangzhou"],
    "gz-chief": ["bureau:guangzhou:chief"],
    "gz-inspection": ["bureau:guangzhou:inspection:handler"],
    "gz-traffic": ["bureau:guangzhou:traffic:handler"],
    "pv": ["bureau:province:handler"],
    "he": ["auditor"],
    "du": ["duty"],
    "di": ["director"],
    "pv-inspection": ["bureau:province:inspection:handler"],
    "pv-chief": ["bureau:province:chief"],
    "example-province-named": ["bureau:province:inspection:chief"],
}


@dataclass
class Office:
    """The router and its HTTP client."""

    shelf: SealedShell[Command, LetterState]
    holders: KeyHolders
    client: httpx.AsyncClient
    cataloguing: WordIndexing
    stores: DeskStores
    desk_documents: MemoryDatabase

    def stored(self, collection: str) -> list[Document]:
        """What the desks have stored there."""
        return list(self.desk_documents.collection(collection).kept.values())

    async def receive(self, letter: str = LETTER, told: ReceiveLetter | None = None) -> None:
        """Intake sends a letter."""
        event = (told or receive(None)).letter
        blank = {"contact": None, "identity": None}
        await self.shelf.hear_events(SUBMITTED.name, letter, event.model_copy(update=blank))

    async def act(
        self, action: Action, bureau: Bureau = "guangzhou", *, letter: str = LETTER
    ) -> None:
        """A bureau asks for something."""
        await self.shelf.hear([sent_action(action, bureau, letter=letter)])

    async def letter(self, letter: str = LETTER) -> Letter:
        """The router's state of it."""
        state = await self.shelf.letters.state(letter)
        assert isinstance(state, Letter)
        return state

    async def get(self, path: str, who: str | None = "lin", **params: Any) -> httpx.Response:
        """Ask as one of the staff."""
        return await self.client.get(path, params=params, headers=self.headers(who))

    async def route(
        self,
        letter: str = LETTER,
        bureau: Any = "foshan",
        *,
        who: str | None = "lin",
        key: str | None = "key-00001",
    ) -> httpx.Response:
        """Send a letter to a bureau by hand."""
        headers = self.headers(who) | ({"idempotency-key": key} if key else {})
        path = f"/v1/letters/{letter}/route"
        answer = await self.client.post(path, json={"bureau": bureau}, headers=headers)
        await self.shelf.quiet()
        return answer

    def headers(self, who: str | None) -> dict[str, str]:
        """The sign-in of staff, of a citizen, or with the token `who`."""
        if who is None:
            return {}
        at = self.shelf.now()
        if who == "chen":
            given = token("chen", at=at, name="陈", id_number="440199199001010018")
        else:
            given = token(who, at=at, roles=STAFF.get(who, ["triage"]))
        return {"authorization": f"Bearer {given}"}


@asynccontextmanager
async def office(folder: Path, watch: Watch = unwatched) -> AsyncIterator[Office]:
    """The router on a Monday morning; `watch` sees what its rules are asked."""
    now = Clock(MONDAY)
    kept = settings(RouterSettings, folder)
    async with sealed_shell(watch(wiring.rules(RULEBOOK)), seals("router"), now=now) as shelf:
        words = WordIndex(Memory(), hashes(shelf.seals.ring), now=now)
        parts = (shelf.commands, shelf.letters, shelf.documents, now)
        notes = Notes(shelf.history, shelf.seals)
        holders = holders_beside(shelf, watch(key_rules()))
        kept_at_desks = MemoryDatabase()
        stores = DeskStores.of(kept_at_desks, shelf.seals.ring, log=shelf.history)
        desk = RouterDesk(
            *parts, words, notes, holders, stores, RULEBOOK, identities_at="https://intake.example"
        )
        async with (
            running(holders.commands.run()),
            opened_face(kept, router, desk=desk, now=now) as client,
        ):
            listing = WordIndexing(*parts[1:3], catalogue=words, is_busy=lambda: False, now=now)
            yield Office(shelf, holders, client, listing, stores, kept_at_desks)


def holders_beside(shelf: SealedShell[Any, Any], rules: ServiceDecider[Any, Any]) -> KeyHolders:
    """The holders of keys that stand among the shelf's documents."""
    sender = Sender(shelf.bus)
    return KeyHolders(rules, shelf.seals, history=shelf.history, sender=sender, now=shelf.now)


def sent_action(action: Action, bureau: Bureau = "guangzhou", *, letter: str = LETTER) -> Outbound:
    """An action as the bureau's system sends it."""
    return sealed_record(action, topic=actions_of(bureau).name, letter=letter, at=MONDAY)


def accepting(assignment: int = 1, action_id: UUID | None = None) -> Accept:
    """A bureau takes the letter up."""
    return Accept(
        action_id=action_id or uuid4(), assignment=assignment, made_at=MONDAY, staff="g-17"
    )


def replying(assignment: int = 1, action_id: UUID | None = None, **over: Any) -> Reply:
    """A bureau answers the letter."""
    fields: dict[str, Any] = {
        "action_id": action_id or uuid4(),
        "assignment": assignment,
        "made_at": MONDAY,
        "staff": "g-17",
        "outcome": "explained",
        "words": REPLY,
    }
    return Reply(**(fields | over))
