"""Which of the staff is told of new work, and when is there nothing left to tell? Pure.

Each event is told to one desk, once and by day. Who may not know of the letter is not told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, get_args

from services.notifier.domain.commands import HearProgress
from services.notifier.domain.deliveries import Delivery, Details, WorkMessage
from services.notifier.domain.letter import Letter, RunningClock
from services.notifier.domain.notification_policy import QuietHours
from services.notifier.domain.own_clocks import desk_of
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    ExtensionRequested,
    InstructionGiven,
    LetterPassedOn,
    LetterReclassified,
    LetterReopened,
    LetterRouted,
    LetterSigned,
    ReplySentBack,
    ReplySubmitted,
)
from shared.contracts.vocabulary import ClockName, SignerRole
from shared.kernel.complaints import INSPECTION

REPLY: Final[tuple[ClockName, ...]] = ("reply", "reopened_reply")


@dataclass(frozen=True)
class Work:
    """What is to be done, by which desk, and which clock says until when."""

    message: WorkMessage
    desk: str
    clocks: tuple[ClockName, ...]


def of_new_work(
    command: HearProgress, letter: Letter, *, before: Letter, quiet: QuietHours
) -> Iterator[Delivery]:
    """What the desk that has to act on `letter` is told; `before`: the letter until then."""
    fact = command.fact
    if isinstance(fact, LetterReclassified) and not _reaches_inspection(letter, before):
        return
    work = _work(fact)
    desk = desk_of(work.desk, letter) if work else None
    if work is None or desk is None:
        return
    at, name = quiet.after(command.at), f"{command.letter}/{command.event_id}/{desk.name}"
    details = _details(_last(letter, work.clocks))
    yield Delivery(name, work.message, queued_at=at, try_at=at, to=desk, details=details)


def overtaken(letter: Letter, at: datetime) -> Iterator[Delivery]:
    """What staff wait to be told and isn't their work any more, as it stands now.

    Nobody is told of work that left their desk, nor, if it waits for the morning, of work that is
    done. An instruction goes with the letter to its next holder.
    """
    running = {(one.clock, one.round) for one in letter.clocks}
    for one in letter.waiting:
        if one.to is None or one.message not in get_args(WorkMessage):
            continue
        about, desk = one.details, desk_of(one.to.name, letter)
        is_done = about.clock is not None and (about.clock, about.round) not in running
        has_moved, follows = desk != one.to, one.message == "work_instruction" and not is_done
        if (is_done and one.try_at > at) or (has_moved and not follows):
            yield replace(one, standing="dropped")
        elif has_moved:
            yield replace(one, to=desk)


def _work(fact: Fact) -> Work | None:
    match fact:
        case LetterRouted() | LetterPassedOn() | LetterReclassified():
            return Work("work_assigned", "unit", REPLY)
        case LetterReopened():
            return Work("work_reopened", "unit", REPLY)
        case ReplySentBack():
            return Work("work_sent_back", "unit", REPLY)
        case ReplySubmitted(signers=(signer, *_)) | LetterSigned(next=str(signer)):
            return Work("work_signature", _office(signer), ("signature",))
        case ExtensionRequested():
            return Work("work_extension", "chief", ("extension",))
        case InstructionGiven():
            return Work("work_instruction", "unit", ("instruction",))
        case _:
            return None


def _office(signer: SignerRole) -> str:
    """Whose signature it is: deputies sign for their chief."""
    return "supervisor" if signer == "supervisor" else "chief"


def _reaches_inspection(letter: Letter, before: Letter) -> bool:
    """Whether the holder's inspection has the letter from now on, which nothing else tells it.

    Where the letter leaves its holder, it is routed again.
    """
    now = desk_of("unit", letter)
    if now is None or (now.bureau, now.unit) != (letter.holder, INSPECTION):
        return False
    is_new = now != desk_of("unit", before)
    return is_new and _last(letter, REPLY) is not None


def _details(clock: RunningClock | None) -> Details:
    if clock is None:
        return Details()
    return Details(by=clock.due_on, clock=clock.clock, round=clock.round)


def _last(letter: Letter, clocks: tuple[ClockName, ...]) -> RunningClock | None:
    """The one of these that was started last."""
    return next((one for one in reversed(letter.clocks) if one.clock in clocks), None)
