"""What would this bureau do next with this letter? Folds what came, and decides. Pure."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from clients.bureau.arrivals import Arrived
from clients.bureau.asking import acceptance, answer, detailed, named
from clients.bureau.simulate.texts import text_for
from shared.contracts.bureau_v1 import ActionApplied, AssignmentEnded, LetterShown
from shared.contracts.event import Action, Fact
from shared.contracts.progress_v1 import LetterReplied
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, Outcome, State, WhereToTurn
from shared.contracts.words import LetterText

BY_HAND = "[手动]"
"""A subject that starts so is left to a person."""
STAFF = "simulated"
JITTER = 0.4
"""Largest share by which a pause is longer or shorter than its setting."""

Step: TypeAlias = Literal["accept", "reply"]

OUTCOMES: dict[Category, Outcome] = {
    "inquiry": "explained",
    "request": "resolved",
    "complaint": "resolved",
    "report": "referred",
    "suggestion": "adopted",
    "thanks": "explained",
}
REFERRED_TO: dict[Category, WhereToTurn] = {"report": "police_station"}
PUBLIC: frozenset[Category] = frozenset(("suggestion", "inquiry"))
"""Categories of general concern: their publication is proposed."""

_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Held:
    """A letter as its bureau sees it."""

    bureau: Bureau
    letter: str
    assignment: int
    state: State
    sequence: int
    """Of the last thing that was said of it; what comes later than that with less is old news."""
    said_at: datetime
    """When the router said the last thing that changed the state, in UTC."""
    category: Category
    is_english: bool = False
    is_by_hand: bool = False
    is_closed: bool = False
    """Whether its words couldn't be opened."""
    is_over: bool = False
    replies: int = 0


def folded(held: Held | None, arrived: Arrived) -> Held | None:
    """The letter after something came; none as long as the bureau was never given it."""
    event, sequence = arrived.event, arrived.sequence or 0
    if held is not None and sequence < held.sequence:
        return held
    if isinstance(event, LetterShown):
        return _given(arrived, event, replies=held.replies if held else 0)
    if held is None or not isinstance(event, Fact) or isinstance(event, ActionApplied):
        return held
    return replace(
        held,
        sequence=sequence,
        assignment=event.assignment,
        state=event.state,
        said_at=held.said_at if event.state == held.state else arrived.time,
        is_over=isinstance(event, AssignmentEnded),
        replies=event.reply if isinstance(event, LetterReplied) else held.replies,
    )


def next_step(held: Held, *, silent: frozenset[str] = frozenset()) -> Step | None:
    """What the bureau does next, if it is its turn. `silent`: bureaus that only read."""
    if held.is_over or held.is_by_hand or held.is_closed or held.bureau in silent:
        return None
    steps: dict[State, Step] = {"routed": "accept", "handling": "reply"}
    return steps.get(held.state)


def action_for(held: Held, step: Step) -> Action:
    """The action, the same whenever it is decided: its time is that of what it answers."""
    if step == "accept":
        action: Action = acceptance(held.assignment, made_at=held.said_at, staff=STAFF)
    else:
        text = text_for(held.category, is_english=held.is_english, number=held.replies + 1)
        action = detailed(
            answer(
                held.assignment,
                text,
                outcome=OUTCOMES[held.category],
                made_at=held.said_at,
                staff=STAFF,
            ),
            referred_to=REFERRED_TO.get(held.category),
            publication_proposed=held.category in PUBLIC,
        )
    return named(action, bureau=held.bureau, letter=held.letter)


def pause(held: Held, step: Step, *, seconds: float, seed: str) -> float:
    """How long the bureau takes for it: about `seconds`, always the same for the same letter."""
    drawn = hashlib.sha256(f"{seed}:{held.letter}:{held.assignment}:{step}".encode()).digest()
    share = int.from_bytes(drawn[:4], "big") / 2**32
    return seconds * (1 - JITTER + 2 * JITTER * share)


def _given(arrived: Arrived, event: LetterShown, *, replies: int) -> Held:
    words = event.words if isinstance(event.words, LetterText) else None
    return Held(
        arrived.bureau,
        arrived.letter,
        event.assignment,
        event.state,
        arrived.sequence or 0,
        arrived.time,
        event.category,
        is_english=words is not None and not _HAN.search(words.body),
        is_by_hand=words is not None and words.subject.lstrip().startswith(BY_HAND),
        is_closed=words is None,
        replies=replies,
    )
