"""What do the router's facts say of replies, refusals and promises? For the writer. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from services.intake.domain.conversation import Answer, Promise
from services.intake.domain.letter import Letter
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    CommitmentFulfilled,
    CommitmentMade,
    LetterClosed,
    LetterDeclined,
    LetterEscalated,
    LetterReplied,
)
from shared.contracts.words import Note, ReplyText


def _replied(letter: Letter, fact: LetterReplied, at: datetime) -> Letter:
    answer = Answer(
        _text(fact.words),
        fact.outcome,
        at,
        bureau=_bureau(fact),
        where_to_turn=fact.referred_to,
        answer_by=_due_on(fact, "rating"),
    )
    return _answered(letter, answer)


def _declined(letter: Letter, fact: LetterDeclined, at: datetime) -> Letter:
    answer = Answer(
        _text(fact.words),
        None,
        at,
        bureau=_bureau(fact),
        decline_reason=fact.decline_reason,
        where_to_turn=fact.where_to_turn,
        answer_by=fact.appeal_by,
    )
    return _answered(letter, answer)


def _closed(letter: Letter, fact: LetterClosed, _: datetime) -> Letter:
    return replace(letter, why_closed=fact.why)


def _promised(letter: Letter, fact: CommitmentMade, _: datetime) -> Letter:
    words = fact.words if isinstance(fact.words, Note) else None
    promise = Promise(fact.commitment, fact.due_on, words)
    before = (one for one in letter.promises if one.commitment != fact.commitment)
    return replace(letter, promises=(*before, promise))


def _fulfilled(letter: Letter, fact: CommitmentFulfilled, _: datetime) -> Letter:
    evidence = fact.words if isinstance(fact.words, Note) else None
    return _promise(letter, fact.commitment, standing=fact.kept, evidence=evidence)


def _escalated(letter: Letter, fact: LetterEscalated, _: datetime) -> Letter:
    """A promise whose day has passed is broken, until it is kept late. Others' levels pass."""
    if (fact.clock, fact.level) != ("commitment", "red"):
        return letter
    return _promise(letter, fact.round, standing="broken")


def _answered(letter: Letter, answer: Answer) -> Letter:
    """The answer stands, and what stood before is kept beside it."""
    before = (letter.answer,) if letter.answer else ()
    return replace(letter, answer=answer, earlier_answers=(*letter.earlier_answers, *before))


def _promise(letter: Letter, number: int, **change: Any) -> Letter:
    return replace(
        letter,
        promises=tuple(
            replace(one, **change) if one.commitment == number else one for one in letter.promises
        ),
    )


def _text(words: object) -> ReplyText | None:
    return words if isinstance(words, ReplyText) else None


def _bureau(fact: Fact) -> Any:
    return None if fact.holder == "triage" else fact.holder


def _due_on(fact: Fact, clock: str) -> date | None:
    found = (one.due_on for one in fact.clocks if (one.clock, one.change) == (clock, "started"))
    return next(found, None)


CHANGES: Mapping[type[Fact], Callable[[Letter, Any, datetime], Letter]] = MappingProxyType(
    {
        LetterReplied: _replied,
        LetterDeclined: _declined,
        LetterClosed: _closed,
        CommitmentMade: _promised,
        CommitmentFulfilled: _fulfilled,
        LetterEscalated: _escalated,
    }
)
