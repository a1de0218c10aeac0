"""What is answered to those without business? It is kept apart for a week, without a number.

So nobody can make another's document grow. The same action asked again gets the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.platform.kafka.bus import Outbound
from shared.platform.kafka.record_documents import fields_of, outbound_of
from shared.platform.letters.service_decider import Record
from shared.platform.mongo.database import Collection, Document, Insert


class ForeignReplyCache:
    """The answers of one service. Every method raises DatabaseFault when the database fails."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def known(self, records: Sequence[Record]) -> dict[str, Outbound]:
        """By `stranger_name`: the answers that were given before to any of `records`."""
        names = [stranger_name(one) for one in records if _is_action(one)]
        if not names:
            return {}
        found = await self._collection.find({"_id": {"$in": names}})
        return {one["_id"]: outbound_of(one) for one in found}

    async def keep(self, answers: Sequence[Outbound], *, at: datetime) -> list[Outbound]:
        """Remember `answers`, and return what is to be sent: of one that is known, what it was."""
        new = {one["_id"]: one for one in reversed([_document(each, at) for each in answers])}
        documents = list(new.values())
        written = await self._collection.write([Insert(one) for one in documents])
        taken = [documents[position]["_id"] for position in sorted(written.taken)]
        if taken:
            new |= {one["_id"]: one for one in await self._collection.find({"_id": {"$in": taken}})}
        return [outbound_of(one) for one in new.values()]


def stranger_name(record: Record) -> str:
    """Under what an answer to this action is kept: two bureaus' actions never share one."""
    return _name(record.raw.topic, record.envelope.id)


def _is_action(record: Record) -> bool:
    return record.envelope.sequence is None


def _name(actions_topic: str, action_id: str) -> str:
    return f"{actions_topic.removesuffix('.actions')}/{action_id}"


def _document(answer: Outbound, at: datetime) -> Document:
    headers = dict(answer.headers)
    cause = headers.get("ce_cause", b"").decode()
    name = _name(answer.topic.removesuffix(".letters"), cause)
    return fields_of(answer) | {"_id": name, "cause": cause, "at": at}
