"""What writers ask and what clocks propose: granted, refused, or stale. Pure."""

from services.router.domain.commands import ConfirmClock, RateLetter, WithdrawLetter
from services.router.domain.facts import CLOCK, RULE, WRITER, common
from services.router.domain.letter import Letter
from shared.contracts.progress_v1 import (
    LetterClosed,
    LetterEscalated,
    LetterRated,
    LetterWithdrawn,
    RequestRefused,
)
from shared.contracts.values import By
from shared.contracts.vocabulary import RequestRefusal, State, WhyClosed

OPEN: tuple[State, ...] = ("submitted", "triage", "routed", "handling", "supplement", "signing")
"""States in which no answer was given yet."""


def rate(
    command: RateLetter, letter: Letter
) -> tuple[LetterRated | LetterClosed | RequestRefused, ...]:
    """Record what the writer thinks of the reply; solved closes the letter."""
    if letter.state != "replied":
        return (
            _refused(
                command, letter, "already_done" if letter.state == "closed" else "out_of_order"
            ),
        )
    rated = LetterRated(
        **common(letter, "letter.rated", by=WRITER),
        solved=command.solved,
        score=command.score,
        words=command.words,
    )
    return (rated, _closed(letter, "solved", by=WRITER)) if command.solved else (rated,)


def withdraw(
    command: WithdrawLetter, letter: Letter
) -> tuple[LetterWithdrawn | RequestRefused, ...]:
    """Take the letter back, as long as nobody has answered it."""
    if letter.state not in OPEN:
        return (
            _refused(
                command, letter, "already_done" if letter.state == "withdrawn" else "too_late"
            ),
        )
    said = common(letter, "letter.withdrawn", by=WRITER, state="withdrawn")
    return (LetterWithdrawn(**said, reason=command.reason),)


def confirm(command: ConfirmClock, letter: Letter) -> tuple[LetterEscalated | LetterClosed, ...]:
    """Confirm a level once, while that very clock runs; all else is stale."""
    fired = command.fired
    clock = letter.running(fired.clock)
    if clock is None or (clock.round, clock.due_on) != (fired.round, fired.due_on):
        return ()
    if fired.level not in clock.levels:
        return ()
    if fired.level == "effect":
        return (_closed(letter, "silence", by=CLOCK),) if fired.clock == "rating" else ()
    return (
        LetterEscalated(
            **common(letter, "letter.escalated", by=CLOCK),
            clock=fired.clock,
            round=fired.round,
            level=fired.level,
            due_on=fired.due_on,
        ),
    )


def _closed(letter: Letter, why: WhyClosed, *, by: By) -> LetterClosed:
    return LetterClosed(**common(letter, "letter.closed", by=by, state="closed"), why=why)


def _refused(
    command: RateLetter | WithdrawLetter, letter: Letter, code: RequestRefusal
) -> RequestRefused:
    is_rating = isinstance(command, RateLetter)
    return RequestRefused(
        **common(letter, "request.refused", by=RULE),
        request_id=command.request_id,
        request_type="rating.submitted" if is_rating else "withdrawal.requested",
        code=code,
    )
