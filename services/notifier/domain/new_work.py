"""Messages to staff about new work: each event to one desk, once, and not in quiet hours.

Desks that may not know of the letter get no message.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, get_args

from services.notifier.domain.clocks import WatchedClock
from services.notifier.domain.deliveries import Delivery, DeliveryCause, MessageDetails, WorkMessage
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.notification_policy import desk_of
from services.notifier.domain.quiet_hours import QuietHours
from shared.contracts import progress_v1 as facts
from shared.contracts.event import Fact
from shared.contracts.vocabulary import ClockName, SignerRole
from shared.kernel.complaints import INSPECTION

REPLY: Final[tuple[ClockName, ...]] = ("reply", "reopened_reply")


@dataclass(frozen=True)
class NewWork:
    """What is to be done, the desk that does it, and the clocks that may limit it."""

    message: WorkMessage
    desk: str
    clocks: tuple[ClockName, ...]


def work_messages(
    fact: Fact,
    letter: NotifierLetter,
    *,
    before: NotifierLetter,
    cause: DeliveryCause,
    quiet: QuietHours,
) -> Iterator[Delivery]:
    """Return the message to the desk that has to act on `letter`; `before`: its state before."""
    if isinstance(fact, facts.LetterReclassified) and not _reaches_inspection(letter, before):
        return
    work = _work(fact)
    desk = desk_of(work.desk, letter) if work else None
    if work is None or desk is None:
        return
    at, name = quiet.after(cause.at), f"{cause.name}/{desk.name}"
    details = _details(_last(letter, work.clocks))
    yield Delivery(name, work.message, queued_at=at, try_at=at, to=desk, details=details)


def no_longer_theirs(letter: NotifierLetter, at: datetime) -> Iterator[Delivery]:
    """Return waiting messages about work that is done or has left the desk, in their new state.

    They are dropped; messages about finished work only if they still wait for the morning. An
    instruction that is still open follows the letter to its next holder.
    """
    running = {(clock.clock, clock.round) for clock in letter.clocks}
    for message in letter.waiting:
        if message.to is None or message.message not in get_args(WorkMessage):
            continue
        about, desk = message.details, desk_of(message.to.name, letter)
        is_done = about.clock is not None and (about.clock, about.round) not in running
        has_moved = desk != message.to
        follows = message.message == "work_instruction" and not is_done
        if (is_done and message.try_at > at) or (has_moved and not follows):
            yield replace(message, standing="dropped")
        elif has_moved:
            yield replace(message, to=desk)


def _work(fact: Fact) -> NewWork | None:
    match fact:
        case facts.LetterRouted() | facts.LetterPassedOn() | facts.LetterReclassified():
            return NewWork("work_assigned", "unit", REPLY)
        case facts.LetterReopened():
            return NewWork("work_reopened", "unit", REPLY)
        case facts.ReplySentBack():
            return NewWork("work_sent_back", "unit", REPLY)
        case facts.ReplySubmitted(signers=(signer, *_)) | facts.LetterSigned(next=str(signer)):
            return NewWork("work_signature", _office(signer), ("signature",))
        case facts.ExtensionRequested():
            return NewWork("work_extension", "chief", ("extension",))
        case facts.InstructionGiven():
            return NewWork("work_instruction", "unit", ("instruction",))
        case _:
            return None


def _office(signer: SignerRole) -> str:
    """Return the office that signs: deputies sign for their chief."""
    return "supervisor" if signer == "supervisor" else "chief"


def _reaches_inspection(letter: NotifierLetter, before: NotifierLetter) -> bool:
    """Whether the letter has just come to the holder's inspection, which no other event tells.

    A letter that leaves its holder is routed again, which causes a message.
    """
    now = desk_of("unit", letter)
    if now is None or (now.bureau, now.unit) != (letter.holder, INSPECTION):
        return False
    is_new = now != desk_of("unit", before)
    return is_new and _last(letter, REPLY) is not None


def _details(clock: WatchedClock | None) -> MessageDetails:
    if clock is None:
        return MessageDetails()
    return MessageDetails(by=clock.due_on, clock=clock.clock, round=clock.round)


def _last(letter: NotifierLetter, clocks: tuple[ClockName, ...]) -> WatchedClock | None:
    """Return the one of these that was started last."""
    return next((clock for clock in reversed(letter.clocks) if clock.clock in clocks), None)
