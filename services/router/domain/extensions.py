"""How more time is asked for, and given by somebody else. Pure."""

from services.router.domain.commands.answering import RequestMoreTime
from services.router.domain.commands.deciding import DecideExtension
from services.router.domain.context import Matter
from services.router.domain.letter import Letter
from services.router.domain.parts import Wanted
from services.router.domain.preconditions import check_holding, check_state, check_words
from services.router.domain.timers import Moved, recounted
from shared.contracts.progress_v1 import ExtensionDecided, ExtensionRequested
from shared.kernel.errors import BadValue, LimitReached, NotAllowed, OutOfOrder, TooLate
from shared.kernel.frozen import replace


def request_more_time(command: RequestMoreTime, matter: Matter) -> ExtensionRequested:
    """Ask for days more, within what the policies allow; nothing changes until they are granted.

    Raises: NotHeld, StaleAssignment, OutOfOrder, NotAllowed, LimitReached, TooLate.
    """
    letter = matter.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="ask for more time")
    if letter.wanted is not None:
        raise OutOfOrder("more time was asked for already")
    _check_more(command, matter)
    return ExtensionRequested(
        **matter.common(ExtensionRequested),
        clock=command.clock,
        days=command.days,
        reason=command.reason,
        words=command.words,
    )


def decide_extension(command: DecideExtension, matter: Matter) -> ExtensionDecided:
    """Grant the days, or fewer, or none. Raises: OutOfOrder, NotAllowed, BadValue."""
    letter = matter.letter
    wanted = letter.wanted
    if wanted is None:
        raise OutOfOrder("nobody asks for more time")
    _check_decider(command, letter, wanted)
    check_words(command.words)
    days = _days(command, wanted)
    moved = _moved(matter, wanted, days)
    said = matter.common(ExtensionDecided, clocks=(moved.change,) if moved else ())
    return ExtensionDecided(
        **said,
        clock=wanted.clock,
        granted=command.granted,
        days=days,
        new_due=moved.change.due_on if moved else None,
        receipt=moved.receipt if moved else None,
        words=command.words,
    )


def _check_more(command: RequestMoreTime, matter: Matter) -> None:
    letter, policies = matter.letter, matter.book.policies
    clock = letter.running(command.clock)
    most = policies.extension(command.clock, letter.category) if clock else None
    if clock is None or most is None:
        raise NotAllowed("clock")
    if clock.extended + command.days > most.amount:
        raise LimitReached(f"at most {most.amount} days in all")
    if matter.at >= clock.passes_at:
        raise TooLate("the clock has passed")


def _check_decider(command: DecideExtension, letter: Letter, wanted: Wanted) -> None:
    """Another person than who asks: a supervisor, or the chief of the bureau that holds it."""
    is_chief = command.by.role == "chief" and command.by.bureau == letter.holder
    if not (is_chief or command.by.role == "supervisor") or command.by.staff == wanted.asker:
        raise NotAllowed("somebody else decides")


def _days(command: DecideExtension, wanted: Wanted) -> int:
    if not command.granted:
        return 0
    days = wanted.days if command.days is None else command.days
    if not 1 <= days <= wanted.days:
        raise BadValue("days")
    return days


def _moved(matter: Matter, wanted: Wanted, days: int) -> Moved | None:
    """The clock with its longer limit; a paused one is counted when it goes on."""
    clock = matter.letter.running(wanted.clock)
    if not days or clock is None or clock.is_paused:
        return None
    longer = replace(clock, extended=clock.extended + days)
    if longer.limit is not None:
        limit = longer.limit.model_copy(update={"amount": longer.limit.amount + days})
        longer = replace(longer, limit=limit)
    return recounted(longer, matter.letter, at=matter.at, book=matter.book)
