"""How a parked record is used after all, or given up. Safe to repeat, and to kill at any step.

Both go through the letter's document as everything does, so it matters to neither that the service
runs meanwhile, nor that another process with newer code has already applied the record. What
follows from it is sent, from the log where it had been applied before, and only when that is
acknowledged is the parked record deleted.
"""

from __future__ import annotations

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
"""`done`: it is parked no more. Else it stays: still `unreadable`; `unfit` still, or if its letter
can't be loaded; or something of its letter that comes before it is missing, for which it `waits`.
"""


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
        """Read and apply the record as if it had just come. Raises: NotParked; CannotOpen."""
        raw = await self._parking.raw(name)
        try:
            record = self._seals.read(raw)
        except (Unreadable, BadEnvelope):
            return "unreadable"
        record = replace(record, stands=False)
        unfit = handled(await self._tell(record)).unfit
        is_action = record.envelope.sequence is None
        if not unfit if is_action else await self._is_kept(record):
            await self._parking.forget(name)
            return "done"
        return "unfit" if unfit else "waits"

    async def drop(self, name: str, *, reason: str = "", is_forced: bool = False) -> Outcome:
        """Let the record's turn pass, and note that with the reason. Raises: NotParked.

        `is_forced`: earlier events of its letter that are missing are given up, too; those that are
        parked must be dealt with first all the same. Where nobody knows the record's turn it is
        only deleted; the gap that it left is asked for again.
        """
        parked = await self._parking.one(name)
        if parked is None:
            raise NotParked(name)
        missing_from = None
        if parked.sequence is not None:
            if is_forced and await self._parking.has_before(parked):
                return "waits"
            record = replace(_skipped(parked, parked.sequence), is_forced=is_forced)
            (fold, *_) = await self._tell(record)
            if not await self._is_kept(record):
                return "waits"
            following = fold.kept.seen.get(mark_in_documents(parked.topic), 0) + 1
            missing_from = following if following < parked.sequence else None
        await self._drops.add(parked, reason=reason, missing_from=missing_from)
        await self._parking.forget(name)
        return "done"

    async def _tell(self, record: Record) -> list[LetterTransaction[Any, Any]]:
        """What waited behind the record may turn out unfit: it is parked in its turn."""
        folds = await self._letters.decide_and_store([record])
        await self._parking.park(handled(folds).unfit)
        await self._letters.send(folds)
        return folds

    async def _is_kept(self, record: Record) -> bool:
        """Whether the letter has passed the record, or keeps it itself until its turn comes."""
        mark, sequence = mark_in_documents(record.raw.topic), record.envelope.sequence or 0
        found = await self._documents.one({"_id": record.letter}, fields={"seen": 1, "early": 1})
        if found is None:
            return False
        is_early = str(sequence) in found["early"].get(mark, {})
        return bool(found["seen"].get(mark, 0) >= sequence or is_early)


def _skipped(parked: DeadLetter, sequence: int) -> Record:
    """The record as far as its structure tells; what it said plays no part."""
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
