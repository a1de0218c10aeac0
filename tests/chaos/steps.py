"""Steps of receiving and sending at which a process may die: names and positions.

A step's name says how the work arrived: `received` from a consumer, `told` by a command, `swept` by
the sweeper, `resent` because topics were recreated, `asked` because of a gap.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from services.notifier.jobs.message_gateway import MessageGateway
from shared.platform.consumer.consumer import Consumer
from shared.platform.kafka.bus import Bus
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.letters import Letters
from shared.platform.letters.sender import Sender
from shared.platform.mongo.database import Collection
from shared.platform.repair import resends
from shared.platform.repair.gap_recovery import GapRecovery
from shared.platform.repair.incarnations import Incarnations
from shared.platform.repair.outbox_sweeper import OutboxSweeper
from tests.chaos.fuse import Fuse

BEFORE_LOAD = "{}: before load"
AFTER_DECIDE = "{}: after decide, before keep"
HALF_KEPT = "{}: half of a batch kept"
AFTER_KEEP = "{}: after keep, before send"
EFFECTS_KEPT = "{}: after keep of effects, before send"
HALF_SENT = "{}: half sent"
AFTER_SEND = "{}: after send"
BEFORE_COMMIT = "before offset commit"
AFTER_COMMIT = "after offset commit"
TAKING_EARLY = "taking from early"
MOVING = "overflow: half moved"
HALF_RESENT = "resent: half of the log"
ALL_RESENT = "resent: all, not remembered"
HANDED_OVER = "message handed over, not noted"

RECEIVED, TOLD, SWEPT, RESENT, ASKED = "received", "told", "swept", "resent", "asked"

_door: ContextVar[str] = ContextVar("door", default=TOLD)
_is_moving: ContextVar[bool] = ContextVar("is_moving", default=False)

Method = Callable[..., Awaitable[Any]]


def lay(fuse: Fuse) -> None:
    """Wrap every step into the shell of this process."""
    doors: Sequence[tuple[Any, str, str]] = (
        (Letters, "process_batch", RECEIVED),
        (OutboxSweeper, "sweep", SWEPT),
        (resends, "resend_log", RESENT),
        (GapRecovery, "ask", ASKED),
    )
    for owner, name, door in doors:
        _wrap(owner, name, _through(door))
    _wrap(EventLog, "trim", _moving)
    fuses: Sequence[tuple[Any, str, Callable[[Method], Method]]] = (
        (Letters, "_load", _before(fuse, BEFORE_LOAD)),
        (Letters, "_write", _keeping(fuse)),
        (Letters, "clear", _before(fuse, AFTER_SEND)),
        (Bus, "send", _sending(fuse)),
        (Consumer, "_commit", _committing(fuse)),
        (Collection, "write", _writing(fuse)),
        (Sender, "resend", _after_records(fuse, HALF_RESENT)),
        (Incarnations, "complete", _before(fuse, ALL_RESENT)),
        (MessageGateway, "send", _after(fuse, HANDED_OVER)),
    )
    for owner, name, around in fuses:
        _wrap(owner, name, around)
    _wrap_taking(fuse)


def _wrap(owner: Any, name: str, around: Callable[[Method], Method]) -> None:
    setattr(owner, name, around(getattr(owner, name)))


@contextmanager
def _set(variable: ContextVar[Any], value: object) -> Iterator[None]:
    before = variable.set(value)
    try:
        yield
    finally:
        variable.reset(before)


def _through(door: str) -> Callable[[Method], Method]:
    def around(method: Method) -> Method:
        async def through(*given: Any, **named: Any) -> Any:
            with _set(_door, door):
                return await method(*given, **named)

        return through

    return around


def _moving(method: Method) -> Method:
    async def moving(*given: Any) -> Any:
        with _set(_is_moving, True):
            return await method(*given)

    return moving


def _before(fuse: Fuse, step: str) -> Callable[[Method], Method]:
    def around(method: Method) -> Method:
        async def before(*given: Any, **named: Any) -> Any:
            fuse.pass_by(step.format(_door.get()))
            return await method(*given, **named)

        return before

    return around


def _after(fuse: Fuse, step: str) -> Callable[[Method], Method]:
    def around(method: Method) -> Method:
        async def after(*given: Any, **named: Any) -> Any:
            done = await method(*given, **named)
            fuse.pass_by(step)
            return done

        return after

    return around


def _keeping(fuse: Fuse) -> Callable[[Method], Method]:
    def around(method: Method) -> Method:
        async def keeping(letters: Any, folds: Sequence[Any]) -> Any:
            door, changed = _door.get(), [fold for fold in folds if fold.has_changed]
            if changed:
                fuse.pass_by(AFTER_DECIDE.format(door))
            if len(changed) > 1 and fuse.is_due(HALF_KEPT.format(door)):
                await method(letters, changed[: len(changed) // 2])
                fuse.blow()
            lost = await method(letters, folds)
            if changed:
                fuse.pass_by(AFTER_KEEP.format(door))
            if any(fold.log for fold in changed):
                fuse.pass_by(EFFECTS_KEPT.format(door))
            return lost

        return keeping

    return around


def _sending(fuse: Fuse) -> Callable[[Method], Method]:
    def around(method: Method) -> Method:
        async def sending(bus: Any, records: Sequence[Any]) -> Any:
            if records and fuse.is_due(HALF_SENT.format(_door.get())):
                await method(bus, records[: (len(records) + 1) // 2])
                fuse.blow()
            return await method(bus, records)

        return sending

    return around


def _committing(fuse: Fuse) -> Callable[[Method], Method]:
    def around(method: Method) -> Method:
        async def committing(consumer: Any, *given: Any) -> Any:
            fuse.pass_by(BEFORE_COMMIT)
            done = await method(consumer, *given)
            fuse.pass_by(AFTER_COMMIT)
            return done

        return committing

    return around


def _writing(fuse: Fuse) -> Callable[[Method], Method]:
    def around(method: Method) -> Method:
        async def writing(collection: Any, operations: Sequence[Any]) -> Any:
            written = await method(collection, operations)
            if operations and _is_moving.get():
                fuse.pass_by(MOVING)
            return written

        return writing

    return around


def _after_records(fuse: Fuse, step: str) -> Callable[[Method], Method]:
    def around(method: Method) -> Method:
        async def after(sender: Any, records: Sequence[Any]) -> Any:
            done = await method(sender, records)
            if records and _door.get() == RESENT:
                fuse.pass_by(step)
            return done

        return after

    return around


def _wrap_taking(fuse: Fuse) -> None:
    method = LetterTransaction._apply_waiting

    def taking(fold: Any, mark: str) -> None:
        if fold.early.get(mark, fold.seen.get(mark, 0) + 1) is not None:
            fuse.pass_by(TAKING_EARLY)
        method(fold, mark)

    setattr(LetterTransaction, method.__name__, taking)
