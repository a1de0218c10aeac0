"""Which of the staff is told of a level, a diversion or a publication's problem, and when? Pure.

Levels, and the desks that each is told to, are rows of `deadline_policies.yaml`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from services.notifier.domain.commands import HearOther, HearProgress
from services.notifier.domain.deliveries import (
    Delivery,
    Desk,
    Details,
    StaffMessage,
    takes_its_place,
)
from services.notifier.domain.letter import DueLevel, Letter
from services.notifier.domain.notification_policy import Book
from shared.contracts.diverted_v1 import DutySeen, LetterDiverted
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterEscalated
from shared.contracts.published_v1 import PublicationProblemDecided, PublicationProblemReported
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import ClockChange, Level
from shared.kernel.access_policy import complaint, may_reach
from shared.kernel.complaints import (
    INSPECTION,
    Path,
    is_about_department,
    path_of_complaint,
)
from shared.kernel.offices import NAMED
from shared.kernel.places import PROVINCE
from shared.kernel.working_days import civil_date


def of_level(command: HearProgress, letter: Letter, *, book: Book) -> Iterator[Delivery]:
    """Who is told that the router has confirmed a level: desks of the bureau that holds it."""
    fact = command.fact
    if not isinstance(fact, LetterEscalated):
        return
    level = book.level(fact.clock, fact.level, version=letter.policy_version)
    if level is None:
        return
    at = book.told_at(level, command.at)
    details = Details(by=fact.due_on, clock=fact.clock, round=fact.round, level=fact.level)
    for desk in _desks(level.to, letter):
        yield Delivery(
            f"{command.letter}/{command.event_id}/{desk.name}",
            "level",
            queued_at=at,
            try_at=at,
            to=desk,
            details=details,
        )


def _desks(names: Iterable[str], letter: Letter) -> Iterable[Desk]:
    """Those desks, each once."""
    return dict.fromkeys(filter(None, (desk_of(name, letter) for name in names)))


def desk_of(name: str, letter: Letter) -> Desk | None:
    """That desk of the holder, or who stands in for it where the letter complains of its people.

    A complaint about the department is its inspection's, and nobody else there is told of it.

    A complaint about the holder is the province's; about one of its units, its inspection's and not
    the office's.
    """
    bureau, standing = _bureau(letter.holder), complaint(letter.about, letter.excluded)
    if standing.about is not None and is_about_department(standing.about):
        return Desk(NAMED, PROVINCE)
    if not may_reach(standing, bureau):
        return Desk(name, PROVINCE)
    unit = letter.unit
    if standing.about is not None and path_of_complaint(standing.about) == Path(bureau, INSPECTION):
        unit = INSPECTION
        if name == "office":
            return None
    return Desk(name, bureau, unit if name == "unit" else None)


def changes_of(event: Event) -> tuple[ClockChange, ...]:
    """What an event did to a clock that no router watches."""
    match event:
        case LetterDiverted(clocks=()):
            page = Level(level="page", at=event.see_by)
            return (
                ClockChange(
                    clock="diversion",
                    change="started",
                    due_on=civil_date(event.see_by),
                    passes_at=event.see_by,
                    levels=(page,),
                ),
            )
        case DutySeen(clocks=()):
            return (ClockChange(clock="diversion", change="stopped"),)
        case (
            LetterDiverted(clocks=clocks)
            | DutySeen(clocks=clocks)
            | PublicationProblemReported(clocks=clocks)
            | PublicationProblemDecided(clocks=clocks)
        ):
            return clocks
        case _:
            return ()


def of_other(command: HearOther, *, book: Book) -> Iterator[Delivery]:
    """Who is told of a diversion, at once, and of a publication's problem, by day.

    Nobody of a diversion whose writer has one that nobody has seen: the desk is called about that.
    """
    if isinstance(command.event, LetterDiverted) and command.event.repeats:
        return
    started = (one for one in changes_of(command.event) if one.change == "started")
    for change in started:
        details = Details(by=change.due_on, clock=change.clock, round=change.round)
        name = f"{command.letter}/{command.event_id}"
        if change.clock == "diversion":
            yield _call(name, replace(details, page=1), command.at, book)
        else:
            yield _to_editors(f"{name}/editors", "problem", details, book.quiet.after(command.at))


def of_own_level(level: DueLevel, letter: Letter, *, book: Book) -> Iterator[Delivery]:
    """Who is told when one of our own clocks reaches a level."""
    clock = next(
        (one for one in letter.clocks if (one.clock, one.round) == (level.clock, level.round)), None
    )
    if clock is None:
        return
    details = Details(by=level.due_on, clock=level.clock, round=level.round, level=level.level)
    if level.clock == "diversion":
        details = replace(details, page=_last_page(letter) + 1)
        yield _since_first_tried(_call(clock.event, details, level.at, book), letter)
    else:
        name = f"{clock.event}/{level.level}/editors"
        yield _to_editors(name, "level", details, book.quiet.after(level.at))


def of_next_level(
    call: Delivery, letter: Letter, *, at: datetime, book: Book
) -> Iterator[Delivery]:
    """Who is called at once because `call` can't reach everybody: the next level, if any, once."""
    details = replace(call.details, page=call.details.page + 1)
    name = call.id.rpartition("/page-")[0]
    following = _call(name, details, at, book)
    if following.to != call.to and details.page > _last_page(letter):
        yield following


def next_call(level: DueLevel, now: datetime, *, book: Book) -> datetime | None:
    """When somebody is called again unless somebody has seen it; None of other clocks.

    What was missed while nobody looked is not made up for: the next call follows `now`.
    """
    if level.clock != "diversion":
        return None
    _, every = book.called(1, on=level.due_on)
    return level.at + ((now - level.at) // every + 1) * every


def _last_page(letter: Letter) -> int:
    """Which call was the last; the first one about a repeat was that about its writer's first."""
    none = 1 if letter.repeats else 0
    return max((one.details.page for one in letter.deliveries), default=none)


def _since_first_tried(call: Delivery, letter: Letter) -> Delivery:
    """`call`, as old as the one to the same desk that waits and that it takes the place of."""
    replaced = (one for one in letter.waiting if takes_its_place(call, one))
    return replace(call, queued_at=min((one.queued_at for one in replaced), default=call.queued_at))


def _call(name: str, details: Details, at: datetime, book: Book) -> Delivery:
    """Call whoever's turn it is, at any hour."""
    desk, _ = book.called(details.page, on=details.by or civil_date(at))
    return Delivery(
        f"{name}/page-{details.page}",
        "page",
        queued_at=at,
        try_at=at,
        to=Desk(desk),
        details=details,
    )


def _to_editors(name: str, message: StaffMessage, details: Details, at: datetime) -> Delivery:
    return Delivery(name, message, queued_at=at, try_at=at, to=Desk("editors"), details=details)


def _bureau(holder: Holder) -> Bureau:
    return "province" if holder == "triage" else holder
