"""Replaying or dropping a parked record; safe to repeat, and to kill at any step.

Both go through the letter's document like everything else, so the service may run meanwhile, and
another process with newer code may already have applied the record. The record's effects are sent
(from the log if it was applied before), and the parked record is deleted only once they are
acknowledged.
"""

from dataclasses import replace
from typing import Any, Literal

from shared.contracts.envelope import Envelope, Unreadable, event_id
from shared.contracts.event import Unknown
from shared.platform.consumer.dead_letter_policy import handled
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import DeadLetter, NotParked
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.letters import Letters
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import Record
from shared.platform.letters.stored_letter import mark_in_documents
from shared.platform.mongo.database import Collection
from shared.platform.repair.drops import DropLog
from shared.sealing.envelopes import BadEnvelope

Outcome = Literal["done", "unreadable", "unfit", "waits"]
"""`done`: the record is no longer parked. Otherwise it stays: it is still `unreadable`; it is still
`unfit`, or its letter can't be loaded; or it `waits` for an earlier event of its letter."""


class DeadLetterReplay:
    """The parked records of one service. Every method raises DatabaseFault and BusFault."""

    def __init__(
        self,
        parking: DeadLetterStore,
        letters: Letters[Any, Any],
        *,
        documents: Collection,
        seals: Seals,
        drops: DropLog,
    ) -> None:
        self._parking = parking
        self._drops = drops
        self._letters = letters
        self._documents = documents
        self._seals = seals

    async def replay(self, name: str) -> Outcome:
        """Read and apply the record as if it had just arrived. Raises: NotParked; CannotOpen."""
        raw = await self._parking.raw(name)
        try:
            record = self._seals.read(raw)
        except (Unreadable, BadEnvelope):
            return "unreadable"
        record = replace(record, stands=False)
        unfit = handled(await self._apply(record)).unfit
        is_action = record.envelope.sequence is None
        if not unfit if is_action else await self._is_kept(record):
            await self._parking.forget(name)
            return "done"
        return "unfit" if unfit else "waits"

    async def drop(self, name: str, *, reason: str = "", is_forced: bool = False) -> Outcome:
        """Skip the record, and log that with the reason. Raises: NotParked.

        `is_forced`: missing earlier events of its letter are given up, too; parked ones must still
        be handled first. A record with an unknown sequence is only deleted; the gap that it leaves
        is requested again.
        """
        parked = await self._parking.one(name)
        if parked is None:
            raise NotParked(name)
        missing_from = None
        if parked.sequence is not None:
            if is_forced and await self._parking.has_before(parked):
                return "waits"
            record = replace(_skipped(parked, parked.sequence), is_forced=is_forced)
            (fold, *_) = await self._apply(record)
            if not await self._is_kept(record):
                return "waits"
            following = fold.kept.seen.get(mark_in_documents(parked.topic), 0) + 1
            missing_from = following if following < parked.sequence else None
        await self._drops.add(parked, reason=reason, missing_from=missing_from)
        await self._parking.forget(name)
        return "done"

    async def _apply(self, record: Record) -> list[LetterTransaction[Any, Any]]:
        """Apply the record; records that waited behind it and turn out unfit are parked."""
        folds = await self._letters.decide_and_store([record])
        await self._parking.park(handled(folds).unfit)
        await self._letters.send(folds)
        return folds

    async def _is_kept(self, record: Record) -> bool:
        """Whether the letter has passed the record, or buffers it until its turn."""
        mark, sequence = mark_in_documents(record.raw.topic), record.envelope.sequence or 0
        found = await self._documents.one({"_id": record.letter}, fields={"seen": 1, "early": 1})
        if found is None:
            return False
        is_early = str(sequence) in found["early"].get(mark, {})
        return bool(found["seen"].get(mark, 0) >= sequence or is_early)


def _skipped(parked: DeadLetter, sequence: int) -> Record:
    """A record that consists of the parked one's structure, without content."""
    envelope = Envelope(
        id=event_id(parked.topic, parked.letter, sequence=sequence),
        type=parked.type,
        source="",
        subject=parked.letter,
        time=parked.appended_at,
        data=Unknown(),
        sequence=sequence,
    )
    raw = Inbound(
        topic=parked.topic,
        partition=parked.partition,
        offset=parked.offset,
        appended_at=parked.appended_at,
        key=parked.letter.encode(),
        value=b"",
        headers=(),
    )
    return Record(envelope, raw, stands=False, is_skipped=True)
