"""Load, decide, store and send: one document per letter, used by all four services.

`process_batch` applies a consumer's batch; `decide_and_store` also serves the command bus. Nothing
is sent before its write is acknowledged by a majority and journalled (ADR-0002).
"""

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from shared.contracts.vocabulary import Erasable
from shared.platform.kafka.bus import Outbound
from shared.platform.letters import document_mapper
from shared.platform.letters.batch_transaction import BatchTransaction
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.foreign_replies import ForeignReplyCache, stranger_name
from shared.platform.letters.idempotency import names_of
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.log_archive import is_long
from shared.platform.letters.mark_published import mark_published
from shared.platform.letters.seals import Seals
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import C, IdempotentCommand, Record, S, ServiceDecider
from shared.platform.letters.stored_letter import StoredLetter
from shared.platform.mongo.database import Document, Update
from shared.platform.runtime.clock import Now
from shared.platform.runtime.office_time import machine_time
from shared.platform.runtime.shell_metrics import CONFLICTS, INPUTS, LOAD_FAILURES

LOG = logging.getLogger(__name__)

Inputs = Sequence[Record | IdempotentCommand[C]]
Input = TypeVar("Input", bound=Record | IdempotentCommand[Any])

TOGETHER = 50
"""Letters of a batch that are decided, stored and sent at once, while other parts are under way."""
MOST_ATTEMPTS = 20
PAUSE_S = 0.005


class Letters(Generic[C, S]):
    """All letters of one service."""

    def __init__(
        self,
        rules: ServiceDecider[C, S],
        seals: Seals,
        *,
        history: EventLog,
        sender: Sender,
        now: Now,
        strangers: ForeignReplyCache | None = None,
    ) -> None:
        """`history`: collections of letters and their logs. `strangers`: replies to bureaus that
        don't hold the letter; only for services that receive actions.
        """
        self._rules = rules
        self._seals = seals
        self._history = history
        self._collection = history.letters
        self._sender = sender
        self._now = now
        self._machine = machine_time(now)
        self._folding = BatchTransaction(rules, seals, now=now)
        self._strangers = strangers

    async def state(self, letter: str) -> S | None:
        """The letter's state, or None if the service has no such letter.

        Raises: DatabaseFault; the fault of a document that can't be loaded.
        """
        kept = (await self._load([letter]))[letter]
        if kept.fault is not None:
            raise kept.fault
        return kept.state if kept.version else None

    async def states(
        self, letters: Sequence[str], *, where: Mapping[str, Any] | None = None
    ) -> dict[str, S]:
        """The states of those letters that the service has, in the order of `letters`.

        `where`: further conditions on indexed fields. A letter that can't be loaded is left out,
        counted and logged, so that the others are still shown.
        """
        among = {"_id": {"$in": list(letters)}, **(where or {})}
        states = self._opened(await self._collection.find(among, fields={"state": 1}))
        return {letter: states[letter] for letter in letters if letter in states}

    async def found(
        self,
        where: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]],
        limit: int,
        holds: Callable[[Mapping[str, Any]], bool],
    ) -> dict[str, S]:
        """The states of the first matching letters, in that order, by one query.

        `holds`: whether a state is wanted, asked of its stored form before it is opened. A letter
        that can't be loaded is left out, counted and logged.
        """
        found = await self._collection.find(where, fields={"state": 1}, sort=sort, limit=limit)
        return self._opened(document for document in found if holds(document["state"]))

    def _opened(self, documents: Iterable[Document]) -> dict[str, S]:
        states: dict[str, S] = {}
        for document in documents:
            letter, kept = document["_id"], document.get("state")
            try:
                states[letter] = self._seals.open_state(self._rules.state, kept, letter=letter)
            except Exception as fault:  # noqa: BLE001 - one letter's fault; the others are shown
                _note_unloadable(letter, fault)
        return states

    async def process_batch(self, records: Sequence[Record]) -> list[LetterTransaction[C, S]]:
        """Apply records in order, send their effects, and return each letter's transaction.

        When it returns, the broker has acknowledged every effect, and offsets may be committed.
        Raises: DatabaseFault, BusFault: then part of it may be done, and repeating it completes it.
        """
        known = await self._strangers.known(records) if self._strangers else {}
        folds = await self._process_in_parts(
            [record for record in records if stranger_name(record) not in known]
        )
        answers = [answer for fold in folds for answer in fold.strangers]
        if self._strangers:
            answers = await self._strangers.keep(answers, at=self._machine())
        await self._sender.send(answers, again=list(known.values()))
        return folds

    async def _process_in_parts(self, records: Sequence[Record]) -> list[LetterTransaction[C, S]]:
        """Process the batch in parts that share no letter, so that deciding and sending overlap.

        All parts have ended when this returns or raises.
        """
        parts = [*_parts(records)]
        if len(parts) < 2:
            return await self._process_part(records)
        results = await asyncio.gather(*map(self._process_part, parts), return_exceptions=True)
        folds: list[LetterTransaction[C, S]] = []
        for result in results:
            if isinstance(result, BaseException):
                raise result
            folds += result
        return folds

    async def _process_part(self, records: Sequence[Record]) -> list[LetterTransaction[C, S]]:
        folds = await self.decide_and_store(records)
        await self._send(folds)
        return folds

    async def decide_and_store(self, inputs: Inputs[C]) -> list[LetterTransaction[C, S]]:
        """Decide and store; a refused command only leaves its refusal in its transaction."""
        waiting = _by_letter(inputs)
        new = {letter for letter, items in waiting.items() if _is_first(items[0])}
        done: list[LetterTransaction[C, S]] = []
        races = 0
        while waiting:
            folds = await self._fold_all(waiting, new=new)
            new = set()
            lost = await self._write([fold for fold, _ in folds])
            kept = [fold for fold, _ in folds if fold.letter not in lost]
            _log_conflicts(kept)
            await self._history.trim([fold.letter for fold in kept if is_long(fold)])
            done += kept
            left = {fold.letter: waiting[fold.letter][taken:] for fold, taken in folds}
            waiting = {
                letter: waiting[letter] if letter in lost else left[letter] for letter in waiting
            }
            waiting = {letter: remaining for letter, remaining in waiting.items() if remaining}
            if lost:
                races += 1
                await _after_race(races, lost)
        return done

    async def forget(self, letter: str, what: Collection[Erasable], *, at: datetime) -> bool:
        """Erase parts as a ledger of erasures says, without an event; whether that changed it.

        The letter's log is erased by the erasing job. Raises: DatabaseFault, TooManyRaces; the
        fault of a document that can't be loaded.
        """
        for races in range(1, MOST_ATTEMPTS + 1):
            kept = (await self._load([letter]))[letter]
            if kept.fault is not None:
                raise kept.fault
            fold = LetterTransaction(self._rules, self._seals, kept=kept, now=self._now())
            fold.forget(what, at=at)
            if not kept.version or not fold.has_changed:
                return False
            if not (lost := await self._write([fold])):
                return True
            await _after_race(races, lost)
        return False

    async def send(self, folds: Sequence[LetterTransaction[C, S]]) -> None:
        """Send new events and those to be repeated, then clear `unsent` of acknowledged ones.

        Replies to strangers aren't sent twice within a minute. Raises: DatabaseFault, BusFault.
        """
        await self._send(folds, again=[answer for fold in folds for answer in fold.strangers])

    async def clear(self, folds: Sequence[LetterTransaction[C, S]]) -> None:
        """Unset `unsent` where this transaction set it and all of it is acknowledged.

        Where something lower was already unsent, its writer or the sweeper clears it.
        """
        ours = [fold for fold in folds if fold.unsent and not fold.kept.unsent]
        acknowledged = {
            fold.letter: {mark: (low, fold.sent[mark]) for mark, low in sorted(fold.unsent.items())}
            for fold in ours
        }
        await mark_published(self._collection, acknowledged)

    async def _send(
        self, folds: Sequence[LetterTransaction[C, S]], again: Sequence[Outbound] = ()
    ) -> None:
        entries = [entry.record for fold in folds for entry in fold.log]
        causes: dict[str, list[str]] = {}
        for fold in folds:
            causes.setdefault(fold.letter, []).extend(fold.repeated)
        repeated = await self._history.caused_by(causes)
        requested = await self._requested(folds)
        await self._sender.send(
            [*requested, *entries], again=[*again, *(entry.record for entry in repeated)]
        )
        await self.clear(folds)

    async def _requested(self, folds: Sequence[LetterTransaction[C, S]]) -> list[Outbound]:
        """Events stored before these transactions that they require to be sent again."""
        wanted = [fold for fold in folds if fold.again]
        known = await self._history.of([fold.letter for fold in wanted])
        return [
            entry.record
            for fold in wanted
            for entry in known[fold.letter]
            if fold.again.get(entry.mark, entry.sequence + 1) <= entry.sequence
            and entry.sequence <= fold.kept.sent.get(entry.mark, 0)
        ]

    async def _load(
        self, letters: Collection[str], *, new: Collection[str] = ()
    ) -> dict[str, StoredLetter[S]]:
        """The letters, of which `new` ones are not looked up."""
        among = [letter for letter in letters if letter not in new]
        found = (
            await self._collection.find({"_id": {"$in": among}}, fields={"log": 0}) if among else ()
        )
        kept = {document["_id"]: self._kept(document) for document in found}
        return {
            letter: kept[letter] if letter in kept else StoredLetter(letter, self._rules.initial)
            for letter in letters
        }

    def _kept(self, document: Document) -> StoredLetter[S]:
        """The letter as loaded, or with its document's fault, so that other letters go on."""
        letter = document["_id"]
        try:
            return document_mapper.kept(document, self._rules, seals=self._seals)
        except Exception as fault:  # noqa: BLE001 - its records are parked; others must not wait
            _note_unloadable(letter, fault)
            return StoredLetter(letter, self._rules.initial, fault=fault)

    async def _fold_all(
        self,
        waiting: Mapping[str, Sequence[Record | IdempotentCommand[C]]],
        *,
        new: Collection[str],
    ) -> list[tuple[LetterTransaction[C, S], int]]:
        """Each letter's transaction, and the number of its inputs that fitted into it."""
        loaded = await self._load(waiting, new=new)
        names = {
            letter: [
                name
                for item in waiting[letter]
                for name in names_of(item, salt=self._rules.salt(kept.state))
            ]
            for letter, kept in loaded.items()
            if kept.asked_moved
        }
        for letter, asked in (await self._history.asked_before(names)).items():
            loaded[letter].asked.update(asked)
        return self._folding.fold_all(waiting, loaded)

    async def _write(self, folds: Sequence[LetterTransaction[C, S]]) -> set[str]:
        """Store every changed transaction; return the letters that lost a race."""
        changed = [fold for fold in folds if fold.has_changed]
        write_ids = {fold.letter: uuid.uuid4().hex for fold in changed}
        operations = [
            document_mapper.write(
                fold,
                self._rules,
                seals=self._seals,
                write_id=write_ids[fold.letter],
                at=self._machine(),
            )
            for fold in changed
        ]
        written = await self._collection.write(operations)
        lost = {changed[position].letter for position in written.taken}
        updates = [
            fold.letter
            for fold, op in zip(changed, operations, strict=True)
            if isinstance(op, Update)
        ]
        if written.matched < len(updates):
            lost |= await self._lost_races(updates, write_ids)
        _count(fold for fold in folds if fold.letter not in lost)
        return lost

    async def _lost_races(self, letters: list[str], write_ids: dict[str, str]) -> set[str]:
        """Those of `letters` that don't carry our write id now.

        A letter that won and was written again since is among them; deciding it again is harmless,
        because its records are found in `seen` and its commands in `asked`.
        """
        found = await self._collection.find({"_id": {"$in": letters}}, fields={"by": 1})
        by = {document["_id"]: document["by"] for document in found}
        return {letter for letter in letters if by.get(letter) != write_ids[letter]}


def _is_first(item: Record | IdempotentCommand[Any]) -> bool:
    return isinstance(item, IdempotentCommand) and item.is_first


def _log_conflicts(folds: Iterable[LetterTransaction[Any, Any]]) -> None:
    for fold in folds:
        for event_id in fold.conflicts:
            LOG.error("known id with other content", extra={"event": event_id})


def _note_unloadable(letter: str, fault: Exception) -> None:
    LOAD_FAILURES.inc()
    LOG.error("letter can't be loaded", extra={"letter": letter, "fault": type(fault).__name__})


def _by_letter(inputs: Iterable[Input]) -> dict[str, list[Input]]:
    by_letter: dict[str, list[Input]] = {}
    for item in inputs:
        by_letter.setdefault(item.letter, []).append(item)
    return by_letter


def _parts(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Split the records by letters, `TOGETHER` letters a part, in order for each letter."""
    left = iter(_by_letter(records).values())
    while part := list(chain.from_iterable(islice(left, TOGETHER))):
        yield part


class TooManyRaces(Exception):
    """Another process kept winning; the batch is retried later."""


async def _after_race(races: int, lost: Collection[str]) -> None:
    """Pause so that the winner can finish. Raises: TooManyRaces."""
    CONFLICTS.inc(len(lost))
    if races >= MOST_ATTEMPTS:
        raise TooManyRaces
    await asyncio.sleep(PAUSE_S * races)


def _count(folds: Iterable[LetterTransaction[C, S]]) -> None:
    outcomes = Counter[tuple[str, str, str]]()
    for fold in folds:
        for labels, count in fold.outcomes.items():
            outcomes[labels] += count
    for labels, count in outcomes.items():
        INPUTS.labels(*labels).inc(count)
