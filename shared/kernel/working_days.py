"""On which day does a time limit end, and why? Pure: instants and the calendar are handed in.

Days are civil days of Guangdong (UTC+8 the whole year, no daylight saving since 1991). A limit
starts after day zero, the day of receipt, and ends with the 24:00 of its last counted day, which
is the next 00:00. Working days follow the State Council's yearly notices with their make-up
workdays. A year without notice has weekends and statutory days only and is `provisional`: swaps
will still move days, at times even the last days of the December before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Final, Literal

from shared.kernel import plain

GUANGDONG: Final = timezone(timedelta(hours=8), "Asia/Shanghai")

MOST_DAYS: Final = 3650
"""Longer limits are a mistake in somebody's data."""

_ONE_DAY: Final = timedelta(days=1)
_STATUTORY: Final = MappingProxyType(
    {
        (1, 1): "new_year",
        (5, 1): "labour_day",
        (5, 2): "labour_day",
        (10, 1): "national_day",
        (10, 2): "national_day",
        (10, 3): "national_day",
    }
)
"""Statutory days with a fixed date. Source: 全国年节及纪念日放假办法, as of 2024-11-10."""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: announced years from the notices, other years by rule."""

    version: str
    announced: frozenset[int]
    off: Mapping[date, str]
    """Days off of announced years and expected statutory days of later ones, with their names."""
    make_up: Mapping[date, str]
    """Saturdays and Sundays that are worked, with the holiday that they make up for."""

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Calendar":
        """The calendar that a parsed `working_days.json` describes. Raises: BadData."""
        years = plain.a_list(data.get("announced"), "announced")
        return cls(
            version=plain.a_text(data.get("version"), "version"),
            announced=frozenset(plain.a_number(year, "announced") for year in years),
            off=MappingProxyType(
                plain.days(data.get("expected"), "expected") | plain.days(data.get("off"), "off")
            ),
            make_up=MappingProxyType(plain.days(data.get("make_up"), "make_up")),
        )

    def why_off(self, day: date) -> str | None:
        """Why `day` is not worked: a holiday's name or `weekend`; None for a working day."""
        if day in self.make_up:
            return None
        if name := self.off.get(day):
            return name
        if not self.is_announced(day) and (name := _STATUTORY.get((day.month, day.day))):
            return name
        return "weekend" if day.weekday() >= 5 else None

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`."""
        return self.why_off(day) is None

    def is_announced(self, day: date) -> bool:
        """Whether the notice for the year of `day` is in this calendar."""
        return day.year in self.announced


@dataclass(frozen=True, slots=True)
class ReceiptDay:
    """One day of a receipt: was it counted, and if not, why."""

    day: date
    kind: Literal["zero", "counted", "skipped"]
    reason: str | None = None
    """`weekend`, a holiday's name, or `make_up_workday` for a weekend that counts."""


@dataclass(frozen=True)
class Receipt:
    """How a due date came about, day by day, from day zero to the due date."""

    unit: Literal["wd", "d"]
    days: tuple[ReceiptDay, ...]
    calendar_version: str
    provisional: bool
    """Whether the due date rests on a year whose notice is not out."""

    @property
    def start(self) -> date:
        """Day zero: the day of receipt."""
        return self.days[0].day

    @property
    def due_on(self) -> date:
        """The last day of the limit; of a limit of no days, day zero."""
        return self.days[-1].day

    @property
    def passes_at(self) -> datetime:
        """When the due date has passed, in UTC."""
        return passes_at(self.due_on)

    @property
    def counted(self) -> tuple[date, ...]:
        """The days that count, in order; as many as the limit has."""
        return tuple(entry.day for entry in self.days if entry.kind == "counted")


def civil_date(instant: datetime) -> date:
    """The day in Guangdong at `instant`. Raises: ValueError for a time without zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(GUANGDONG).date()


def passes_at(due_on: date) -> datetime:
    """24:00 of `due_on` in Guangdong, in UTC."""
    return datetime.combine(due_on + _ONE_DAY, time(), GUANGDONG).astimezone(UTC)


def add_working_days(start: date, n: int, *, calendar: Calendar) -> Receipt:
    """The receipt of `n` working days after day zero `start`. Raises: ValueError."""
    days = [ReceiptDay(start, "zero"), *_working(start, _limit(n), calendar)]
    return Receipt("wd", tuple(days), calendar.version, _guessed(days[1:], calendar))


def add_natural_days(start: date, n: int, *, calendar: Calendar, roll: bool = True) -> Receipt:
    """The receipt of `n` natural days after day zero `start`. Raises: ValueError.

    With `roll`, a last day that is off is skipped, as are those after it, until a working day:
    that one is then day `n`.
    """
    natural = [start + number * _ONE_DAY for number in range(1, _limit(n) + 1)]
    if not (roll and natural):
        days = [ReceiptDay(day, "counted") for day in natural]
        return Receipt("d", (ReceiptDay(start, "zero"), *days), calendar.version, provisional=False)
    last = list(_working(natural.pop() - _ONE_DAY, 1, calendar))
    days = [*(ReceiptDay(day, "counted") for day in natural), *last]
    whole = (ReceiptDay(start, "zero"), *days)
    return Receipt("d", whole, calendar.version, _guessed(last, calendar))


def level_day(fraction: Fraction, receipt: Receipt) -> date | None:
    """Counted day ceil(fraction·N) of the receipt; None when that is day N, or there is none."""
    counted = receipt.counted
    number = ceil(fraction * len(counted))
    return counted[number - 1] if 0 < number < len(counted) else None


def level_at(fraction: Fraction, receipt: Receipt) -> datetime | None:
    """When a level is reached, in UTC: 24:00 of its `level_day`; None when it is left out."""
    day = level_day(fraction, receipt)
    return passes_at(day) if day else None


def _limit(n: int) -> int:
    if not 0 <= n <= MOST_DAYS:
        raise ValueError(f"a limit has 0 to {MOST_DAYS} days, not {n}")
    return n


def _working(after: date, n: int, calendar: Calendar) -> Iterator[ReceiptDay]:
    """The days after `after`, up to the `n`-th working day."""
    day, left = after, n
    while left:
        day += _ONE_DAY
        if why := calendar.why_off(day):
            yield ReceiptDay(day, "skipped", why)
        else:
            left -= 1
            yield ReceiptDay(day, "counted", _why_worked(day))


def _why_worked(day: date) -> str | None:
    return "make_up_workday" if day.weekday() >= 5 else None


def _guessed(days: list[ReceiptDay], calendar: Calendar) -> bool:
    return any(not calendar.is_announced(entry.day) for entry in days)
