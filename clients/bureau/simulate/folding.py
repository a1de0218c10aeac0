"""Applies received events to a simulated bureau's view of a letter.

Lasting facts of a holding are marks, in any order; the state comes from the event with the highest
number. A restart, which reads everything again, arrives at the same view.
"""

import hashlib
import re
from dataclasses import replace

from clients.bureau.arrivals import Arrived
from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.marks import marks_of, numbers_of
from shared.contracts import progress_v1
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused, AssignmentEnded, LetterShown
from shared.contracts.event import Fact
from shared.contracts.vocabulary import State
from shared.contracts.words import LetterText

BY_HAND = "[手动]"
"""A letter whose subject starts with this is left to a person."""
TELLING = {progress_v1.WriterAsked.type: "supplement", progress_v1.ReplySubmitted.type: "signing"}
"""Facts that a bureau learns only from the answer to its action, and the state after them."""

_HAN = re.compile(r"[\u3400-\u9fff]")


def folded(held: BureauLetter | None, arrived: Arrived) -> BureauLetter | None:
    """The letter after an event; None until the bureau was given it."""
    event = arrived.event
    if isinstance(event, LetterShown):
        return held if held and _is_old(held, arrived) else _given(held, arrived, event)
    if held is not None and isinstance(event, ActionRefused):
        return _refused(held, event)
    if held is None or not isinstance(event, Fact):
        return held
    held = replace(
        held,
        numbers=held.numbers | numbers_of(event),
        marks=held.marks | (marks_of(event) if event.assignment == held.assignment else set()),
    )
    if _is_old(held, arrived):
        return held
    return (
        _answered(held, arrived, event)
        if isinstance(event, ActionApplied)
        else _told(held, arrived, event)
    )


def _refused(held: BureauLetter, no: ActionRefused) -> BureauLetter:
    """The first time counts, because answers are repeated."""
    if no.action_id is None or no.action_id in dict(held.refused):
        return held
    return replace(held, refused=(*held.refused, (no.action_id, held.turn)))


def _is_old(held: BureauLetter, arrived: Arrived) -> bool:
    return (arrived.sequence or 0) < held.sequence


def _told(held: BureauLetter, arrived: Arrived, fact: Fact) -> BureauLetter:
    """The letter's state after a fact."""
    held = _moved(held, arrived, fact.state)
    held = replace(held, assignment=fact.assignment, is_over=isinstance(fact, AssignmentEnded))
    match fact:
        case progress_v1.LetterReplied():
            return replace(held, replies=fact.reply, sent_back=0, replied_at=arrived.time)
        case progress_v1.ReplySentBack():
            return replace(held, sent_back=held.sent_back + 1)
        case progress_v1.LetterReclassified():
            return replace(held, category=fact.category, police_type=fact.police_type)
        case _:
            return held


def _answered(held: BureauLetter, arrived: Arrived, done: ActionApplied) -> BureauLetter:
    """An answer changes the state only where no other event does."""
    if done.assignment != held.assignment or TELLING.get(done.resulting) != done.state:
        return held
    return _moved(held, arrived, done.state)


def _moved(held: BureauLetter, arrived: Arrived, state: State) -> BureauLetter:
    is_new = state != held.state
    return replace(
        held,
        sequence=arrived.sequence or held.sequence,
        state=state,
        said_at=arrived.time if is_new else held.said_at,
        turn=held.turn + is_new,
    )


def _given(held: BureauLetter | None, arrived: Arrived, event: LetterShown) -> BureauLetter:
    """The letter after a snapshot; completed steps stay completed within the same holding."""
    words = event.words if isinstance(event.words, LetterText) else None
    is_same = held is not None and held.assignment == event.assignment
    shown = BureauLetter(
        arrived.bureau,
        arrived.letter,
        event.assignment,
        event.state,
        arrived.sequence or 0,
        arrived.time,
        event.category,
        police_type=event.police_type,
        place=event.place.city,
        clock="reopened_reply" if _is_reopened(event) else "reply",
        words=_digest(words) if words else "",
        is_english=words is not None and not _HAN.search(words.body),
        is_by_hand=words is not None and words.subject.lstrip().startswith(BY_HAND),
        is_closed=words is None,
    )
    if held is None:
        return shown
    return replace(
        shown,
        words=held.words or shown.words,
        replies=held.replies,
        replied_at=held.replied_at,
        sent_back=held.sent_back if is_same else 0,
        turn=held.turn + 1,
        marks=held.marks if is_same else frozenset(),
        numbers=held.numbers,
        refused=held.refused,
    )


def _digest(words: LetterText) -> str:
    return hashlib.sha256(f"{words.subject}\n{words.body}".encode()).hexdigest()


def _is_reopened(event: LetterShown) -> bool:
    return any(due.clock == "reopened_reply" for due in event.dues)
