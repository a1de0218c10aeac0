"""Replies to bureaus that don't hold the letter, kept for a week without a sequence.

So a bureau can't make another's document grow. A repeated action gets the same reply.
"""

from collections.abc import Sequence
from datetime import datetime

from shared.platform.kafka.bus import Outbound
from shared.platform.kafka.record_documents import fields_of, outbound_of
from shared.platform.letters.service_decider import Record
from shared.platform.mongo.database import Collection, Document, Insert


class ForeignReplyCache:
    """The replies of one service. Every method raises DatabaseFault if the database fails."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def known(self, records: Sequence[Record]) -> dict[str, Outbound]:
        """Replies given before to any of `records`, by `stranger_name`."""
        names = [stranger_name(record) for record in records if _is_action(record)]
        if not names:
            return {}
        found = await self._collection.find({"_id": {"$in": names}})
        return {record["_id"]: outbound_of(record) for record in found}

    async def keep(self, answers: Sequence[Outbound], *, at: datetime) -> list[Outbound]:
        """Store `answers` and return the replies to send: for a known action, the first one."""
        new = {
            document["_id"]: document
            for document in reversed([_document(answer, at) for answer in answers])
        }
        documents = list(new.values())
        written = await self._collection.write([Insert(document) for document in documents])
        taken = [documents[position]["_id"] for position in sorted(written.taken)]
        if taken:
            new |= {
                document["_id"]: document
                for document in await self._collection.find({"_id": {"$in": taken}})
            }
        return [outbound_of(document) for document in new.values()]


def stranger_name(record: Record) -> str:
    """The key of the reply to this action; actions of two bureaus never share one."""
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
