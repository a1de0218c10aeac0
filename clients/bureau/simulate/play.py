"""How do simulated bureaus live? One reader of all their topics, one producer, one loop."""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from uuid import UUID

from clients.bureau.arrivals import Arrived, Unread, opened, read
from clients.bureau.asking import record_of
from clients.bureau.connection import Connection, Reading, Sending, Unreachable, utc_now
from clients.bureau.gaps import Gaps, asked_again
from clients.bureau.order import InOrder
from clients.bureau.outcomes import Refused, outcome_of
from clients.bureau.raw import Raw
from clients.bureau.sealing import Keys
from clients.bureau.simulate.decisions import (
    STAFF,
    Held,
    Step,
    action_for,
    folded,
    next_step,
    pause,
)
from clients.bureau.simulate.figures import Figures
from clients.bureau.simulate.settings import Pace
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import KEYS, actions_of, letters_of

SEND_AGAIN_S = 10.0
POLL_MS = 50
LONGEST_CATCHING_UP_S = 20.0
"""After this it begins all the same: what is old news to the router is done only once."""
MOST_AT_ONCE = 50

Task = tuple[str, str, int, Step]
"""Bureau, letter, assignment, and what is to be done."""

_log = logging.getLogger(__name__)


class Play:
    """Some bureaus, those with keys, and their letters."""

    def __init__(self, keys: Mapping[Bureau, Keys], pace: Pace, *, figures: Figures) -> None:
        self.is_ready = False
        """Whether the topics were read to their ends once."""
        self._keys = keys
        self._pace = pace
        self._figures = figures
        self._order = InOrder()
        self._gaps = Gaps()
        self._letters: dict[tuple[str, str], Held] = {}
        self._due: dict[Task, float] = {}
        """When each task is to be done next, in monotonic seconds."""
        self._asked: dict[UUID, Task] = {}
        self._refused: set[Task] = set()

    async def run(self, connection: Connection, stopping: asyncio.Event) -> None:
        """Play until `stopping` is set. Raises: Unreachable; NoTopic."""
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
        """Note what came; `now` in monotonic seconds."""
        for record in records:
            if record.topic == KEYS.name:
                for keys in self._keys.values():
                    keys.public.take(record)
                continue
            found = read(record)
            if isinstance(found, Unread):
                self._figures.count("unreadable", code=found.code)
                continue
            for arrived in self._order.take(found, now):
                self._note(arrived, now)
        for late in self._order.overdue(now):
            self._note(late, now)

    def tasks(self, now: float) -> list[tuple[Task, Held]]:
        """What is to be done by `now`, the longest due first."""
        ready = sorted((at, task) for task, at in self._due.items() if at <= now)
        return [(task, self._letters[task[:2]]) for _, task in ready[:MOST_AT_ONCE]]

    def _note(self, arrived: Arrived, now: float) -> None:
        self._gaps.note(arrived)
        arrived = opened(arrived, self._keys[arrived.bureau])
        self._note_answer(arrived)
        name = (arrived.bureau, arrived.letter)
        before = self._letters.get(name)
        held = folded(before, arrived)
        if held is None or held == before:
            return
        self._letters[name] = held
        if before is None or before.assignment != held.assignment:
            self._count_new(held)
        self._plan(held, now)

    def _plan(self, held: Held, now: float) -> None:
        """Put the letter's next step in the diary, in the place of any other."""
        step = next_step(held, silent=self._pace.silent)
        for each in _STEPS:
            task = (held.bureau, held.letter, held.assignment, each)
            if each != step or task in self._refused:
                self._due.pop(task, None)
            elif task not in self._due:
                wait = pause(held, each, seconds=self._pace.seconds(each), seed=self._pace.seed)
                self._due[task] = now + wait
        self._forget_other_assignments(held)

    def _forget_other_assignments(self, held: Held) -> None:
        if held.assignment > 1:
            old = [
                task
                for task in self._due
                if task[:2] == (held.bureau, held.letter) and task[2] != held.assignment
            ]
            for task in old:
                del self._due[task]

    def _note_answer(self, arrived: Arrived) -> None:
        """A refused action isn't asked again; what was applied shows in the letter's state."""
        outcome = outcome_of(arrived.event)
        if isinstance(outcome, Refused) and (task := self._asked.get(outcome.action_id)):
            self._figures.count("refused", code=outcome.code)
            self._refused.add(task)
            self._due.pop(task, None)

    def _count_new(self, held: Held) -> None:
        self._figures.count("letters")
        if held.is_closed:
            self._figures.count("left", reason="not_opened")
        elif held.is_by_hand:
            self._figures.count("left", reason="by_hand")
        elif held.bureau in self._pace.silent:
            self._figures.count("left", reason="silent_bureau")

    async def _act(self, sending: Sending) -> None:
        due = self.tasks(time.monotonic())
        await asyncio.gather(*(self._do(sending, task, held) for task, held in due))

    async def _ask_for_missing(self, sending: Sending, now: float) -> None:
        for missing in self._gaps.due(self._order, now):
            action = asked_again(missing, made_at=utc_now(), staff=STAFF)
            await self._send(sending, action, (missing.bureau, missing.letter), step="resend")

    async def _do(self, sending: Sending, task: Task, held: Held) -> None:
        """Ask once; the task stays in the diary until the letter's state says that it is done."""
        action = action_for(held, task[3])
        self._asked[action.action_id] = task
        self._due[task] = time.monotonic() + SEND_AGAIN_S
        await self._send(sending, action, (held.bureau, held.letter), step=task[3])

    async def _send(
        self, sending: Sending, action: Action, of: tuple[Bureau, str], *, step: str
    ) -> None:
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


_STEPS: tuple[Step, ...] = ("accept", "reply")


async def _has_caught_up(reading: Reading, began: float) -> bool:
    return time.monotonic() - began > LONGEST_CATCHING_UP_S or await reading.has_caught_up()
