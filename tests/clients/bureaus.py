"""Simulated bureaus with the router's real rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from clients.bureau._kafka.connection import ActionProducer
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from clients.bureau.simulate.figures import SimulationMetrics
from clients.bureau.simulate.mix import Mix
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.play import SimulatedBureaus
from shared.contracts.actions_v1 import RequestResend
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.envelope import KafkaRecord
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.submitted_v1 import AnswerSubmitted, ReopeningRequested
from shared.contracts.topics import DEADLINES, SUBMITTED, letters_of
from shared.contracts.vocabulary import ClockName, LevelName, State
from shared.contracts.words import WriterText
from shared.platform.kafka.bus import Outbound
from tests.clients.making import Fetched
from tests.router.desking import do
from tests.router.office import Office
from tests.router.story import LETTER
from tests.support.sealed_shell import PRIVATE

LONG_S = 1e6
KEYS: Mapping[Bureau, Keys] = {
    slug: Keys({f"bureau:{slug}": PRIVATE[f"bureau:{slug}"]}, PublicKeys(dict(PRIVATE)))
    for slug in BUREAUS
}


class Sent(ActionProducer):
    """A producer that hands each action to the router."""

    def __init__(self, desk: Office) -> None:
        self._desk = desk

    async def send(self, topic: str, record: KafkaRecord) -> None:
        """The router receives it at once."""
        out = Outbound(topic, record.key, record.value, tuple(record.headers))
        await self._desk.shelf.hear([out])


@dataclass
class Bureaus:
    """All 22 bureaus, and the router that decides their actions."""

    desk: Office
    pace: Pace
    restarts: bool = False
    """Whether they restart before each step and read everything again."""
    figures: SimulationMetrics = field(default_factory=SimulationMetrics)
    steps: list[str] = field(default_factory=list)
    """Their actions, in order."""
    ids: list[UUID] = field(default_factory=list)
    _play: SimulatedBureaus | None = None
    _heard: dict[str, int] = field(default_factory=dict)
    _now: float = 0.0

    async def work(self) -> list[str]:
        """Run them until they wait for others; returns the actions."""
        since = len(self.steps)
        while (tasks := self._play_on().tasks(self._now)) and len(self.steps) < since + 50:
            for name, task in tasks:
                self.steps.append(task.step)
                self.ids.append(task.action.action_id)
                await self._play_on()._do(Sent(self.desk), name, task, self._now)
        assert not tasks, f"without end: {self.steps[-5:]}"
        return self.steps[since:]

    def _play_on(self) -> SimulatedBureaus:
        """The simulation, after all events so far."""
        if self._play is None or self.restarts:
            self._play = SimulatedBureaus(KEYS, self.pace, figures=self.figures)
            self._heard = {} if self.restarts else self._heard
        self._now += LONG_S
        self._play.take(self._fresh(), self._now)
        self._now += LONG_S
        return self._play

    def _fresh(self) -> list[Fetched]:
        found = []
        for slug in BUREAUS:
            topic = letters_of(slug).name
            records = self.desk.shelf.bus.records(topic)
            for offset, one in enumerate(records[self._heard.get(topic, 0) :]):
                found.append(Fetched(topic, 0, offset, one.key, one.value, list(one.headers)))
            self._heard[topic] = len(records)
        return found

    async def forget(self) -> None:
        """They lose all events so far and get a snapshot of one letter.

        More than a minute passes, within which the router sends nothing twice.
        """
        self._play = None
        self.desk.shelf.letters._sender.forget()
        self._heard = {
            letters_of(slug).name: len(self.desk.shelf.bus.records(letters_of(slug).name))
            for slug in BUREAUS
        }
        letter = await self.desk.letter()
        assert letter.bureau is not None
        request = RequestResend(
            action_id=uuid4(),
            assignment=letter.assignment,
            made_at=self.desk.shelf.now(),
            staff="s-1",
            snapshot=True,
        )
        await self.desk.act(request, letter.bureau)

    async def answers(self, question: int = 1) -> None:
        """The writer answers a question."""
        words = WriterText(text="上个月，在村口。", own_spans=())
        said = AnswerSubmitted(request_id=f"answer-{question}", question=question, words=words)
        await self.desk.shelf.hear_events(SUBMITTED.name, LETTER, said)

    async def reopens(self, time: int = 1) -> None:
        """The writer is not content."""
        words = WriterText(text="路灯还是不亮。", own_spans=())
        said = ReopeningRequested(request_id=f"reopen-{time}", words=words)
        await self.desk.shelf.hear_events(SUBMITTED.name, LETTER, said)

    async def passes(self, name: ClockName, level: LevelName) -> None:
        """A clock passes, and the notifier emits its event."""
        clock = (await self.desk.letter()).running(name)
        assert clock is not None
        self.desk.shelf.now.at = clock.passes_at + timedelta(seconds=1)
        fired = ClockFired(
            clock=name,
            round=clock.round,
            level=level,
            due_on=clock.due_on,
            passed_at=clock.passes_at,
            progress_sequence=1,
        )
        await self.desk.shelf.hear_events(DEADLINES.name, LETTER, fired)

    async def does(self, what: str, who: str, **over: Any) -> None:
        """A desk performs an allowed action."""
        answer = await do(self.desk, what, who, **over)
        assert answer.status_code == 200, answer.text

    def refusals(self) -> list[str]:
        """Codes of the router's refusals, in the order of the bureaus."""
        return [
            said.data.code
            for slug in BUREAUS
            for said in self.desk.shelf.said(letters_of(slug).name)
            if said.type == "gd.mailbox.action.refused.v1"
        ]


def bureaus(desk: Office, mix: Mix, *, seed: str = "1", restarts: bool = False) -> Bureaus:
    """Bureaus that do things in these shares."""
    return Bureaus(desk, Pace(0.3, 1.0, seed=seed, mix=mix), restarts=restarts)


async def state(desk: Office) -> State:
    """The state of the letter."""
    return (await desk.letter()).state
