"""Which of the staff is told of a level, a diversion or a publication's problem, and when? Pure.

Source: levels and desks of `deadline_policies.yaml`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from services.notifier.domain.commands import HearOther, HearProgress
from services.notifier.domain.deliveries import Delivery, Desk, DeskName, Details, StaffMessage
from services.notifier.domain.hours import IsWorking, by_day, next_working_morning
from services.notifier.domain.letter import DueLevel, Letter
from shared.contracts.diverted_v1 import DutySeen, LetterDiverted
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterEscalated
from shared.contracts.published_v1 import PublicationProblemDecided, PublicationProblemReported
from shared.contracts.values import ClockChange, Level
from shared.contracts.vocabulary import LevelName
from shared.kernel.working_days import civil_date

DESKS: Mapping[LevelName, tuple[DeskName, ...]] = MappingProxyType(
    {
        "reminder": ("unit",),
        "yellow": ("unit", "office"),
        "red": ("unit", "office"),
        "chief": ("chief",),
        "province": ("province_supervision",),
    }
)
ON_WORKING_DAYS: frozenset[LevelName] = frozenset(("reminder", "yellow"))
"""Levels that are told at 09:00 of the next working day; others on the next day, worked or not."""
CALLED: tuple[DeskName, ...] = ("duty", "duty_chief", "province_command")
"""Who is called about a diversion that nobody has seen, each in turn, and the last again."""


def of_level(
    command: HearProgress, fact: LetterEscalated, letter: Letter, *, is_working: IsWorking
) -> Iterator[Delivery]:
    """Who is told that the router has confirmed a level: desks of the bureau that holds it."""
    is_warning = fact.level in ON_WORKING_DAYS
    at = next_working_morning(command.at, is_working) if is_warning else by_day(command.at)
    bureau = "province" if fact.holder == "triage" else fact.holder
    details = Details(by=fact.due_on, clock=fact.clock, round=fact.round, level=fact.level)
    for name in DESKS.get(fact.level, ()):
        yield Delivery(
            f"{command.letter}/{command.event_id}/{name}",
            "level",
            queued_at=at,
            try_at=at,
            to=Desk(name, bureau, letter.unit if name == "unit" else None),
            details=details,
        )


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


def of_other(command: HearOther) -> Iterator[Delivery]:
    """Who is told of a diversion, at once, and of a publication's problem, by day."""
    started = (one for one in changes_of(command.event) if one.change == "started")
    for change in started:
        details = Details(by=change.due_on, clock=change.clock, round=change.round)
        name = f"{command.letter}/{command.event_id}"
        if change.clock == "diversion":
            yield _call(name, details, command.at, page=1)
        else:
            yield _to_editors(f"{name}/editors", "problem", details, by_day(command.at))


def of_own_level(level: DueLevel, letter: Letter) -> Iterator[Delivery]:
    """Who is told when one of our own clocks reaches a level."""
    clock = next(
        (one for one in letter.clocks if (one.clock, one.round) == (level.clock, level.round)), None
    )
    if clock is None:
        return
    details = Details(by=level.due_on, clock=level.clock, round=level.round, level=level.level)
    if level.clock == "diversion":
        pages = max((one.details.page for one in letter.deliveries), default=0)
        yield _call(clock.event, details, level.at, page=pages + 1)
    else:
        name = f"{clock.event}/{level.level}/editors"
        yield _to_editors(name, "level", details, by_day(level.at))


def _call(name: str, details: Details, at: datetime, *, page: int) -> Delivery:
    """Call whoever's turn it is, at any hour."""
    return Delivery(
        f"{name}/page-{page}",
        "page",
        queued_at=at,
        try_at=at,
        to=Desk(CALLED[min(page, len(CALLED)) - 1]),
        details=replace(details, page=page),
    )


def _to_editors(name: str, message: StaffMessage, details: Details, at: datetime) -> Delivery:
    return Delivery(name, message, queued_at=at, try_at=at, to=Desk("editors"), details=details)
