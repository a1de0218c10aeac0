"""Plays a script on a broker: sends, listens and keeps the transcript."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from clients.bureau._kafka.connection import ActionProducer, TopicConsumer, utc_now
from clients.bureau.check.cast import Cast
from clients.bureau.check.desk import Sent
from clients.bureau.check.hearing import Ear
from clients.bureau.check.keyring import Announcements
from clients.bureau.check.played import Played
from clients.bureau.check.scenario import Scenario
from clients.bureau.check.steps import (
    AddCue,
    Announce,
    Condition,
    LetSettle,
    Prepare,
    Prompt,
    Quiet,
    Say,
    SayAgain,
    SendKeptBack,
    Step,
    Until,
)
from clients.bureau.check.transcript import Told, Transcript, TranscriptCue
from shared.contracts.bilingual import Bilingual
from shared.contracts.topics import KEYS, actions_of, letters_of

PAUSE_S = 2.0
"""How long a continuous reader may take to read what was sent."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Timeouts, in seconds."""

    step_s: float
    """For an event that is due."""
    quiet_s: float
    """For an event that must not come."""
    pause_s: float = PAUSE_S


@dataclass(frozen=True, slots=True)
class Parts:
    """Connection and keys of the played mailbox."""

    cast: Cast
    played: Played
    ear: Ear
    announcements: Announcements


class CheckRun:
    """One run on a broker."""

    def __init__(
        self, parts: Parts, sending: ActionProducer, *, reading: TopicConsumer, timing: Timing,
        say: Callable[[Bilingual], None],
    ) -> None:  # fmt: skip
        """`reading`: a reader at the end of the bureau's actions. `say`: prints progress."""
        self.transcript = Transcript()
        self._parts = parts
        self._sending = sending
        self._reading = reading
        self._timing = timing
        self._say = say
        self._letters = letters_of(parts.cast.bureau).name
        self._actions = actions_of(parts.cast.bureau).name

    async def open(self) -> None:
        """Announce all keys on `mailbox.keys`. Raises: Unreachable."""
        cast = self._parts.cast
        await self._do(Announce("router", cast.mailbox_kids[:1]))
        await self._do(Announce(f"bureau:{cast.bureau}", cast.kids[:1]))
        await self._do(LetSettle())

    async def play(self, scenario: Scenario) -> None:
        """Run all steps of a scenario. Raises: Unreachable."""
        for step in scenario.script(self._parts.cast, utc_now()):
            await self._do(step)

    async def _do(self, step: Step) -> None:
        match step:
            case Say() | SayAgain() | SendKeptBack():
                for sent in self._said(step):
                    await self._send(sent)
            case Announce():
                await self._announce(step)
            case Until() | Quiet() | LetSettle():
                await self._wait(step)
            case Prepare(number, silent_for, refuses):
                letter = self._parts.played.letter(number)
                letter.silent_for, letter.refuses = silent_for, refuses
            case Prompt(said):
                self._say(said)
            case AddCue(name):
                self.transcript.add(TranscriptCue(name))

    async def _wait(self, step: Until | Quiet | LetSettle) -> None:
        match step:
            case Until(condition, at_least_s):
                await self._listen(condition, within_s=max(at_least_s, self._timing.step_s))
            case Quiet(unless):
                await self._listen(unless, within_s=self._timing.quiet_s)
            case LetSettle():
                await self._listen(lambda _: False, within_s=self._timing.pause_s)

    def _said(self, step: Say | SayAgain | SendKeptBack) -> list[Sent]:
        """The records to send now."""
        letter = self._parts.played.letter(step.letter)
        if isinstance(step, SayAgain):
            return list(letter.said)
        if isinstance(step, SendKeptBack):
            return letter.take_kept_back()
        sent = self._parts.played.say(step.letter, step.event, kid=step.kid, change=step.change)
        if step.is_kept_back and sent.sequence is not None:
            letter.kept_back.append(sent.sequence)
            return []
        return [sent]

    async def _announce(self, step: Announce) -> None:
        record = self._parts.announcements.record(step.holder, step.kids, at=utc_now())
        await self._sending.send(KEYS.name, record)
        if step.holder.startswith("bureau:"):
            self._parts.played.kid = step.kids[-1]

    async def _send(self, sent: Sent) -> None:
        await self._sending.send(self._letters, sent.record)
        self.transcript.add(Told(sent.letter, sent.type, sent.sequence, sent.of, sent.code))

    async def _listen(self, condition: Condition, *, within_s: float) -> None:
        """Receive and answer until the condition holds or the time is over."""
        until = time.monotonic() + within_s
        while not condition(self.transcript) and time.monotonic() < until:
            for record in await self._reading.poll():
                if record.topic != self._actions:
                    continue
                heard, action = self._parts.ear.hear(record, now=utc_now())
                self.transcript.add(heard)
                for sent in self._parts.played.hear(heard, action):
                    await self._send(sent)
