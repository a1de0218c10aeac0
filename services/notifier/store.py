"""The notifier's documents: their shape, their indexes, and named queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from services.notifier.domain.clocks import WatchedClock
from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.evolve import NotifierEvent
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.partition_ownership import Holds, ownership
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.topics import DEADLINES, DIVERTED, PROGRESS, PUBLISHED, RESENDS, SUBMITTED
from shared.kernel.access_policy import complaint
from shared.kernel.viewers import person
from shared.platform.http.visibility import marks
from shared.platform.letters.document_mapper import INDEXES as SHELL_INDEXES
from shared.platform.letters.service_decider import Outgoing
from shared.platform.mongo.database import Collection, Document, Index
from shared.platform.mongo.paging import EVER, Listing, Place

LETTERS = "letters"

STATE: TypeAdapter[NotifierLetter] = TypeAdapter(NotifierLetter)
CLOCKS: TypeAdapter[tuple[WatchedClock, ...]] = TypeAdapter(tuple[WatchedClock, ...])
DELIVERIES: TypeAdapter[tuple[Delivery, ...]] = TypeAdapter(tuple[Delivery, ...])

READS = (SUBMITTED.name, DIVERTED.name, PROGRESS.name, PUBLISHED.name, RESENDS.name)
WRITES = (DEADLINES.name,)

INDEXES = {
    LETTERS: (
        *SHELL_INDEXES,
        Index((("fires_at", 1),), sparse=True),
        Index((("deliver_at", 1),), sparse=True),
        Index((("waiting_since", 1),), sparse=True),
        Index((("passes_at", 1), ("_id", 1))),
        Index((("unseen_since", 1),), sparse=True),
        Index((("repeats", 1), ("unseen_since", 1)), sparse=True),
        Index((("given_up_at", -1), ("_id", -1)), sparse=True),
    ),
}
"""Fired levels and delivered messages leave their sparse index, so a query costs what is due."""

MOST_AT_ONCE = 200
MOST_ON_A_PAGE = 50
MOST_COUNTED = 10_000
LATEST_GIVEN_UP = Listing(at="given_up_at", direction=-1, most=MOST_ON_A_PAGE)


@dataclass(frozen=True, slots=True)
class LetterClocks:
    """A letter with its clocks, without sealed fields."""

    letter: str
    passes_at: datetime
    clocks: tuple[WatchedClock, ...]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A letter with its given-up messages."""

    letter: str
    messages: tuple[Delivery, ...]


def index(state: NotifierLetter) -> Document:
    """Return the indexed fields of a letter: due instants, waiting times, and who may see it."""
    waiting = state.waiting
    return {
        "fires_at": _not_before(state.fires_at),
        "passes_at": state.passes_at,
        "deliver_at": _not_before(min((message.try_at for message in waiting), default=None)),
        "unseen_since": state.unseen_since,
        "repeats": state.repeats if state.unseen_since else None,
        "waiting_since": min((message.queued_at for message in waiting), default=None),
        "given_up_at": state.given_up_at,
        **marks(complaint(state.about, (*state.excluded, *map(person, state.conflicted)))),
    }


def _not_before(at: datetime | None) -> datetime | None:
    """Round up to milliseconds, which the database stores: nothing is found before it is due."""
    return at and at + timedelta(microseconds=-at.microsecond % 1_000)


def outgoing(event: NotifierEvent, _: NotifierLetter) -> Iterable[Outgoing]:
    """Return the message for Kafka: proposals to the router, and nothing else."""
    if isinstance(event, ClockFired):
        yield Outgoing(DEADLINES.name, event)


@dataclass(frozen=True, slots=True)
class Share:
    """The letters that this replica handles, in one of two lanes."""

    letters: Collection
    holds: Holds
    is_urgent: bool = False
    """Whether the lane is that of unseen diversions, or of everything else; neither waits."""


@dataclass(frozen=True, slots=True)
class DueLetter:
    """A letter with a level that was reached."""

    letter: str
    clocks: tuple[WatchedClock, ...]
    repeats: str | None
    """For a diversion: its writer's first unseen one."""


async def to_fire(share: Share, now: datetime) -> list[DueLetter]:
    """Return this replica's letters with a level reached by `now`, longest waiting first."""
    found = await _due(share, "fires_at", now, fields={"state.clocks": 1, "repeats": 1})
    return [DueLetter(letter["_id"], _clocks(letter), letter.get("repeats")) for letter in found]


async def called_about(letters: Collection, first: str, *, now: datetime) -> str | None:
    """Return which of a writer's diversions the desk is called about: the first unseen one.

    `first`: the one that the others repeat.
    """
    unseen_one = {"$lte": now}
    if await letters.find({"_id": first, "unseen_since": unseen_one}, fields={"_id": 1}):
        return first
    others = {"repeats": first, "unseen_since": unseen_one}
    order = (("unseen_since", 1), ("_id", 1))
    found = await letters.find(others, fields={"unseen_since": 1}, sort=order, limit=1)
    return found[0]["_id"] if found else None


async def to_deliver(share: Share, now: datetime) -> list[str]:
    """Return this replica's letters with a message due by `now`, longest waiting first."""
    return [letter["_id"] for letter in await _due(share, "deliver_at", now, fields={})]


async def _due(share: Share, at: str, now: datetime, *, fields: Document) -> list[Document]:
    """Return at most a page of them, without those of other replicas."""
    is_ours = ownership(share.holds, now)
    shown = {at: 1, **fields}
    if share.is_urgent:
        return (await _unseen(share.letters, at, now, fields=shown))[:MOST_AT_ONCE]
    where = {at: {"$lte": now}, "unseen_since": None}
    due = share.letters.stream(where, fields=shown, sort=((at, 1),))
    found: list[Document] = []
    async for letter in due:
        if is_ours(letter["_id"], letter[at]):
            found.append(letter)
        if len(found) == MOST_AT_ONCE:
            break
    return found


async def _unseen(
    letters: Collection, at: str, now: datetime, *, fields: Document
) -> list[Document]:
    """Return unseen diversions with that instant up to `now`, lowest first.

    The query uses the index of unseen diversions only: its cost doesn't grow with due letters.
    """
    unseen = letters.stream({"unseen_since": {"$lte": now}}, fields=fields)
    found = [letter async for letter in unseen if at in letter and letter[at] <= now]
    return sorted(found, key=lambda letter: letter[at])


async def waiting_since(letters: Collection, now: datetime) -> datetime | None:
    """Return since when the oldest undelivered message waits; None if none waits."""
    return await earliest(letters, "waiting_since", before=now)


async def call_waiting_since(letters: Collection, now: datetime) -> datetime | None:
    """Return since when the oldest undelivered call to the duty desk waits; None if none waits."""
    found = await _unseen(letters, "waiting_since", now, fields={"waiting_since": 1})
    return found[0]["waiting_since"] if found else None


async def earliest(letters: Collection, at: str, *, before: datetime) -> datetime | None:
    """Return the lowest value up to `before` of an indexed instant; None if there is none."""
    found = await letters.find({at: {"$lte": before}}, fields={at: 1}, sort=((at, 1),), limit=1)
    lowest: datetime | None = found[0][at] if found else None
    return lowest


async def passing_between(letters: Collection, after: datetime, *, until: datetime) -> int:
    """Count letters with a clock that isn't paused and passes then, up to 10,000."""
    return await letters.count({"passes_at": {"$gt": after, "$lte": until}}, most=MOST_COUNTED)


async def unseen(letters: Collection, now: datetime) -> int:
    """Count unseen diversions, up to 10,000."""
    return await letters.count({"unseen_since": {"$lte": now}}, most=MOST_COUNTED)


async def passing_before(
    letters: Collection, before: datetime, *, seen: Document, after: Place | None = None
) -> tuple[list[LetterClocks], Place | None]:
    """Return one page of letters with a clock that passes before then, the most urgent first.

    Also the place where it ended, if more follows. `seen`: the visibility filter.

    Many clocks pass at the same midnight, so a page begins with the rest of that midnight.
    """
    page: list[Document] = []
    later: dict[str, Any] = {"$lt": before}
    if after is not None:
        tied = {"passes_at": after[0], "_id": {"$gt": after[1]}}
        page = await _passing(letters, tied | seen)
        later["$gt"] = after[0]
    if len(page) <= MOST_ON_A_PAGE:
        page += await _passing(letters, {"passes_at": later} | seen)
    shown = [
        LetterClocks(one["_id"], one["passes_at"], _clocks(one)) for one in page[:MOST_ON_A_PAGE]
    ]
    more = len(page) > MOST_ON_A_PAGE
    return shown, (shown[-1].passes_at, shown[-1].letter) if more else None


async def given_up(
    letters: Collection, *, seen: Document, after: Place | None = None
) -> tuple[list[GivenUp], Place | None]:
    """Return one page of letters with a given-up message, the latest first.

    Also the place where it ended, if more follows. `seen`: the visibility filter.
    """
    where = {"given_up_at": EVER} | seen
    numbers, end = await LATEST_GIVEN_UP.page(letters, where, after=after)
    found = await letters.find({"_id": {"$in": numbers}}, fields={"state.deliveries": 1})
    kept = {letter["_id"]: _given_up(letter) for letter in found}
    return [GivenUp(number, kept[number]) for number in numbers if number in kept], end


def _given_up(document: Document) -> tuple[Delivery, ...]:
    deliveries = DELIVERIES.validate_python(document["state"]["deliveries"])
    return tuple(message for message in deliveries if message.standing == "given_up")


async def _passing(letters: Collection, where: Document) -> list[Document]:
    return await letters.find(
        where,
        fields={"passes_at": 1, "state.clocks": 1},
        sort=(("passes_at", 1), ("_id", 1)),
        limit=MOST_ON_A_PAGE + 1,
    )


def _clocks(document: Document) -> tuple[WatchedClock, ...]:
    return CLOCKS.validate_python(document["state"]["clocks"])
