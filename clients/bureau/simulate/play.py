"""The simulated bureaus at work: one reader of all their topics, one producer, one loop."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from clients.bureau._kafka.connection import (
    ActionProducer,
    Connection,
    TopicConsumer,
    Unreachable,
    utc_now,
)
from clients.bureau._kafka.record import Raw
from clients.bureau._store.gap_requests import GapRequests, asked_again
from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.action_records import record_of
from clients.bureau.arrivals import Arrived, Unread, opened, read
from clients.bureau.outcomes import Refused, outcome_of
from clients.bureau.sealing import Keys
from clients.bureau.simulate.actions import STAFF
from clients.bureau.simulate.decisions import Next, next_action
from clients.bureau.simulate.figures import SimulationMetrics
from clients.bureau.simulate.files import FileFetching
from clients.bureau.simulate.folding import folded
from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.office import Office
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.steps import ESSENTIAL, Step
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import KEYS, actions_of, letters_of

SEND_AGAIN_S = 10.0
POLL_MS = 50
LONGEST_CATCHING_UP_S = 20.0
"""Seconds after which it starts without having read all; the router drops repeated actions."""
MOST_AT_ONCE = 50

MOST_TRIES = 30
"""Attempts at an inessential action; then the letter goes on without it."""

Name = tuple[Bureau, str]
"""A letter at a bureau."""

_log = logging.getLogger(__name__)


class SimulatedBureaus:
    """A group of bureaus with keys, and their letters."""

    def __init__(
        self,
        keys: Mapping[Bureau, Keys],
        pace: Pace,
        *,
        figures: SimulationMetrics,
        office: Office | None = None,
        files: FileFetching | None = None,
    ) -> None:
        """`office`: the hours that they keep; None: the seconds of `pace`, day and night.

        `files`: fetches files; None: they are left where they are.
        """
        self.is_ready = False
        """Whether the topics were read to their ends once."""
        self._keys = keys
        self._pace = pace
        self._figures = figures
        self._order = ArrivalBuffer()
        self._gaps = GapRequests()
        self._letters: dict[Name, BureauLetter] = {}
        self._office = office
        self._files = files
        self._due: dict[Name, tuple[float, Next]] = {}
        """The next step of each letter and when: in monotonic seconds, or in seconds
        of office hours.
        """
        self._again: dict[Name, float] = {}
        """When a sent action is sent again, in monotonic seconds."""
        self.acted_by = 0.0
        """The office second up to which all due work is done."""
        self._tries: Counter[UUID] = Counter()
        """How often each action was sent."""
        self._given_up: set[UUID] = set()

    async def run(self, connection: Connection, stopping: asyncio.Event) -> None:
        """Run until `stopping` is set. Raises: Unreachable; NoTopic."""
        topics = [*(letters_of(slug).name for slug in self._keys), KEYS.name]
        async with connection.sending() as sending, connection.reading(topics) as reading:
            began = time.monotonic()
            while not stopping.is_set():
                self.take(await reading.poll(POLL_MS), time.monotonic())
                await reading.rewound()
                if not self.is_ready:
                    self.is_ready = await _has_caught_up(reading, began)
                if self.is_ready:
                    await self._act(sending)
                    await self._ask_for_missing(sending, time.monotonic())

    def take(self, records: Iterable[Raw], now: float) -> None:
        """Apply arrived events; `now` in monotonic seconds."""
        for record in records:
            if record.topic == KEYS.name:
                for keys in self._keys.values():
                    keys.public.take(record)
                continue
            self._figures.count("records")
            found = read(record)
            if isinstance(found, Unread):
                self._figures.count("unreadable", code=found.code)
                continue
            for arrived in self._order.take(found, now):
                self._note(arrived, now)
        for late in self._order.overdue(now):
            self._note(late, now)

    def tasks(self, now: float) -> list[tuple[Name, Next]]:
        """The steps due by `now`, the longest due first."""
        if self._office is not None and not self._office.hours.are_now():
            return []
        by = now if self._office is None else self._office.hours.worked()
        ready = [
            (at, name, task)
            for name, (at, task) in self._due.items()
            if at <= by and self._again.get(name, now) <= now
        ]
        ready.sort(key=lambda one: one[:2])
        return [(name, task) for _, name, task in ready[:MOST_AT_ONCE]]

    @property
    def next_due(self) -> float | None:
        """When the first unsent step is due; None if there is none."""
        return min(
            (at for name, (at, _) in self._due.items() if name not in self._again), default=None
        )

    def _note(self, arrived: Arrived, now: float) -> None:
        self._gaps.note(arrived)
        arrived = opened(arrived, self._keys[arrived.bureau])
        self._count_answer(arrived)
        name = (arrived.bureau, arrived.letter)
        before = self._letters.get(name)
        held = folded(before, arrived)
        if held is not None and self._files is not None:
            self._files.note(arrived, held, now=now)
        if held is None or held == before:
            return
        self._letters[name] = held
        if before is None or before.assignment != held.assignment:
            self._count_new(held)
        self._plan(held, now)

    def _plan(self, held: BureauLetter, now: float) -> None:
        """Replace the letter's next step in the diary."""
        name = (held.bureau, held.letter)
        at, before = self._due.get(name, (now, None))
        task = next_action(held, self._pace, given_up=self._given_up)
        if before is not None and task is not None and _is_same(before, task):
            if self._office is not None:
                self._due[name] = (min(at, self._office.due(held, task.step)), task)
            return
        if before is not None:
            self._tries.pop(before.action.action_id, None)
            del self._due[name]
        self._again.pop(name, None)
        if task is not None:
            self._due[name] = (self._when(held, task.step, now), task)

    def _when(self, held: BureauLetter, step: Step, now: float) -> float:
        """When a step is due: after its pause, or in the office's own time."""
        if self._office is None:
            return now + self._pace.pause(held, step)
        return self._office.due(held, step)

    def _count_answer(self, arrived: Arrived) -> None:
        """The state shows what becomes of a letter; refusals are counted."""
        outcome = outcome_of(arrived.event)
        if isinstance(outcome, Refused) and self._tries.pop(outcome.action_id, 0):
            self._figures.count("refused", code=outcome.code)

    def _count_new(self, held: BureauLetter) -> None:
        self._figures.count("letters")
        if held.is_closed:
            self._figures.count("left", reason="not_opened")
        elif held.is_by_hand:
            self._figures.count("left", reason="by_hand")
        elif held.bureau in self._pace.silent:
            self._figures.count("left", reason="silent_bureau")

    async def _act(self, sending: ActionProducer) -> None:
        now = time.monotonic()
        worked = self._office.hours.worked() if self._office else 0.0
        due = self.tasks(now)
        await asyncio.gather(*(self._do(sending, name, task, now) for name, task in due))
        self.acted_by = worked if len(due) < MOST_AT_ONCE else self.acted_by

    async def _ask_for_missing(self, sending: ActionProducer, now: float) -> None:
        for missing in self._gaps.due(self._order, now):
            action = asked_again(missing, made_at=utc_now(), staff=STAFF)
            await self._send(sending, action, (missing.bureau, missing.letter), step="resend")

    async def _do(self, sending: ActionProducer, name: Name, task: Next, now: float) -> None:
        """Send once; the task stays in the diary until an event shows that it is done."""
        asked = task.action.action_id
        self._tries[asked] += 1
        self._again[name] = now + SEND_AGAIN_S
        if self._tries[asked] > MOST_TRIES and task.step not in ESSENTIAL:
            self._given_up.add(asked)
            self._plan(self._letters[name], now)
            return
        await self._send(sending, task.action, name, step=task.step)

    async def _send(self, sending: ActionProducer, action: Action, of: Name, *, step: str) -> None:
        bureau, letter = of
        record = record_of(action, bureau=bureau, letter=letter, keys=self._keys[bureau])
        try:
            await sending.send(actions_of(bureau).name, record)
            self._figures.count("actions", action=step)
        except Unreachable as fault:
            self._figures.count("send_failures")
            _log.warning(
                "action not sent, will be sent again", extra={"fault": type(fault).__name__}
            )


def _is_same(one: Next, other: Next) -> bool:
    return one.action.action_id == other.action.action_id


async def _has_caught_up(reading: TopicConsumer, began: float) -> bool:
    return time.monotonic() - began > LONGEST_CATCHING_UP_S or await reading.has_caught_up()
