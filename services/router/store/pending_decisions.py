"""Decisions of the triage desk that can still be undone: stored, and carried out ten seconds later.

{ _id: letter number, staff, id: command id, by, digest, made_at, act_at, what, content: sealed,
  taken_at? }

The decision's fields are sealed like a letter's words, since a refusal has a text. Whoever carries
it out claims it first; a claim that is older than half a minute belongs to a process that died, and
is claimed again. Carrying it out twice changes nothing, since the command has an id.

What a rule refuses by then is kept for its clerk for a day, under the command's id:
{ _id: command id, number, refused_at, refused: code, ... }
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.router.store.queries import NEVER
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.mongo.database import Collection, Delete, Document, Index, Insert, Update
from shared.platform.runtime.clock import Now

PENDING: Final = "pending_decisions"
UNDO: Final = timedelta(seconds=10)
ABANDONED: Final = timedelta(seconds=30)
"""After this time a claim is void."""
PENDING_INDEXES: Final = (
    Index((("act_at", 1),), sparse=True),
    Index((("staff", 1), ("made_at", 1))),
    Index((("refused_at", 1),), expire_after_s=86_400),
)
MOST_AT_ONCE: Final = 50
MOST_WAITING: Final = 1_000
CONTENT: Final = "pending-decision"
"""What the content is bound to besides the document's id."""
_KEPT: Final = ("number", "staff", "id", "by", "digest", "what", "made_at")


@dataclass(frozen=True, slots=True)
class PendingDecision:
    """A decision that waits, or one that was refused when it was carried out."""

    number: str
    staff: str
    command_id: str
    what: str
    """The action, by its name in the API."""
    fields: Mapping[str, Any]
    """The body of the request, and what else the command needs, as JSON values."""
    by: Mapping[str, Any]
    """Who decided, and in which role."""
    digest: str
    """Of the request, as the idempotency key needs it."""
    made_at: datetime
    """The office's time of the decision."""
    act_at: datetime | None
    """When it is carried out, by the machine's clock; None: it was refused."""
    refused: str | None = None
    """The code of the refusal."""


class PendingDecisions:
    """All waiting decisions. Every method raises DatabaseFault."""

    def __init__(self, documents: Collection, ring: KeyRing, *, now: Now) -> None:
        """`now`: the machine's clock."""
        self._documents = documents
        self._ring = ring
        self._now = now

    async def hold(self, decision: PendingDecision) -> bool:
        """Store a decision; False if another one waits for the same letter."""
        plain = json.dumps(dict(decision.fields), ensure_ascii=False).encode()
        document = {
            "_id": decision.number,
            "number": decision.number,
            "staff": decision.staff,
            "id": decision.command_id,
            "by": dict(decision.by),
            "digest": decision.digest,
            "what": decision.what,
            "content": self._ring.seal(plain, letter=decision.number, field=CONTENT),
            "made_at": decision.made_at,
            "act_at": self._now() + UNDO,
        }
        written = await self._documents.write([Insert(document)])
        return not written.taken or await self._waits(decision)

    async def undo(self, number: str, staff: str) -> PendingDecision | None:
        """Drop a decision that nobody has begun to carry out; None: it is too late."""
        found = await self._documents.one({"_id": number, "staff": staff, "taken_at": None})
        if found is None:
            return None
        mark = {"taken_at": self._now(), "is_undone": True}
        where = {"_id": number, "id": found["id"], "taken_at": None}
        if not (await self._documents.write([Update(where, {"$set": mark})])).matched:
            return None
        await self._documents.write([_delete(found)])
        return self._read(found)

    async def of_clerk(self, staff: str) -> list[PendingDecision]:
        """Return this clerk's decisions that wait or were refused, oldest first."""
        found = await self._documents.find(
            {"staff": staff}, sort=(("made_at", 1),), limit=MOST_AT_ONCE
        )
        return [self._read(one) for one in found if not one.get("is_undone")]

    async def numbers(self) -> set[str]:
        """Return the letters for which a decision waits."""
        waiting = {"act_at": {"$gt": NEVER}}
        found = await self._documents.find(waiting, fields={"_id": 1}, limit=MOST_WAITING)
        return {one["_id"] for one in found}

    async def due(self, staff: str | None = None) -> list[PendingDecision]:
        """Claim the decisions whose ten seconds are over, of one clerk or of all."""
        now = self._now()
        whose = {"staff": staff} if staff else {}
        waiting = await self._documents.find(
            {"act_at": {"$lte": now}, **whose}, sort=(("act_at", 1),), limit=MOST_AT_ONCE
        )
        return [self._read(one) for one in waiting if await self._claim(one, now)]

    async def claim(self, number: str, staff: str) -> PendingDecision | None:
        """Claim this clerk's decision about a letter before its ten seconds are over."""
        found = await self._documents.one({"_id": number, "staff": staff})
        if found is None or not await self._claim(found, self._now()):
            return None
        return self._read(found)

    async def done(self, decision: PendingDecision) -> None:
        """Forget a decision that was carried out."""
        await self._documents.write([Delete({"_id": decision.number, "id": decision.command_id})])

    async def refuse(self, decision: PendingDecision, code: str) -> None:
        """Keep a decision that a rule refused for its clerk to see."""
        found = await self._documents.one({"_id": decision.number, "id": decision.command_id})
        if found is not None:
            kept = {name: found[name] for name in _KEPT}
            plain = self._open(found)
            kept |= {"_id": found["id"], "refused": code, "refused_at": self._now()}
            kept["content"] = self._ring.seal(plain, letter=found["id"], field=CONTENT)
            await self._documents.write([Insert(kept)])
            await self._documents.write([_delete(found)])

    async def dismiss(self, command_id: str, staff: str) -> PendingDecision | None:
        """Forget a refused decision, and return it so that it can be made again."""
        where = {"_id": command_id, "staff": staff}
        found = await self._documents.one(where)
        await self._documents.write([Delete(where)])
        return self._read(found) if found else None

    async def _claim(self, document: Document, now: datetime) -> bool:
        """Whether this process carries it out; the rest of an undone one is deleted."""
        taken = document.get("taken_at")
        if taken is not None and taken > now - ABANDONED:
            return False
        if document.get("is_undone"):
            await self._documents.write([_delete(document)])
            return False
        where = {"_id": document["_id"], "id": document["id"], "taken_at": taken}
        claim = Update(where, {"$set": {"taken_at": now}})
        return bool((await self._documents.write([claim])).matched)

    async def _waits(self, decision: PendingDecision) -> bool:
        """Whether this very decision waits already: a double submit."""
        same = {"_id": decision.number, "id": decision.command_id}
        return await self._documents.one(same, fields={"_id": 1}) is not None

    def _open(self, document: Document) -> bytes:
        return self._ring.open(document["content"], letter=document["_id"], field=CONTENT)

    def _read(self, document: Document) -> PendingDecision:
        return PendingDecision(
            number=document["number"],
            staff=document["staff"],
            command_id=document["id"],
            what=document["what"],
            fields=json.loads(self._open(document)),
            by=document["by"],
            digest=document["digest"],
            made_at=document["made_at"],
            act_at=document.get("act_at"),
            refused=document.get("refused"),
        )


def _delete(document: Document) -> Delete:
    return Delete({"_id": document["_id"], "id": document["id"]})
