"""Who is notified of which level, and when: `deadline_policies.yaml`, and who may not know."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.notifier.domain.deliveries import Delivery, DeliveryCause, Desk, MessageDetails
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.quiet_hours import ONE_DAY, QuietHours, instant
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterEscalated
from shared.contracts.slugs import Bureau, Holder
from shared.kernel.access_policy import complaint, may_reach
from shared.kernel.complaints import INSPECTION, Path, is_about_department, path_of_complaint
from shared.kernel.offices import NAMED
from shared.kernel.places import PROVINCE
from shared.kernel.policies import LevelRule
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import Calendar, civil_date


@dataclass(frozen=True)
class NotificationPolicy:
    """The calendar, the versions of the policies, and the quiet hours."""

    calendar: Calendar
    versions: PolicyVersions
    quiet: QuietHours = field(default_factory=QuietHours)

    def level(self, clock: str, name: str, *, version: str) -> LevelRule | None:
        """Return the policy for that level; None if the policies don't have it.

        `version`: of the policies under which the letter was received.
        """
        row = self.versions.under(version).clocks.get(clock)
        return next((level for level in row.levels if level.id == name), None) if row else None

    def told_at(self, level: LevelRule, at: datetime) -> datetime:
        """Return when to notify people of a level that was reached at `at`."""
        if level.told_at is None:
            return self.quiet.after(at)
        day = civil_date(at)
        if instant(day, level.told_at) < at:
            day += ONE_DAY
        while not self.calendar.is_working(day):
            day += ONE_DAY
        return instant(day, level.told_at)

    def called(self, page: int, *, on: date) -> tuple[str, timedelta]:
        """Return the desk of the 1st, 2nd … call about an unseen diversion, and the interval.

        `on`: the day of the diversion.
        """
        paging = self.versions.on(on).clock("diversion").paging
        if paging is None:
            raise ValueError("the policies name no desk to call about a diversion")
        return paging.to[min(page, len(paging.to)) - 1], timedelta(minutes=paging.every_min)


@dataclass(frozen=True)
class NotificationContext:
    """A letter, and the policy by which a command about it is decided."""

    letter: NotifierLetter
    policy: NotificationPolicy


def level_messages(
    fact: Fact, letter: NotifierLetter, *, cause: DeliveryCause, policy: NotificationPolicy
) -> Iterator[Delivery]:
    """Notify desks of the holding bureau of a level that the router has confirmed."""
    if not isinstance(fact, LetterEscalated):
        return
    level = policy.level(fact.clock, fact.level, version=letter.policy_version)
    if level is None:
        return
    at = policy.told_at(level, cause.at)
    details = MessageDetails(by=fact.due_on, clock=fact.clock, round=fact.round, level=fact.level)
    for desk in _desks(level.to, letter):
        name = f"{cause.name}/{desk.name}"
        yield Delivery(name, "level", queued_at=at, try_at=at, to=desk, details=details)


def _desks(names: Iterable[str], letter: NotifierLetter) -> Iterable[Desk]:
    """Return those desks, each once."""
    return dict.fromkeys(filter(None, (desk_of(name, letter) for name in names)))


def desk_of(name: str, letter: NotifierLetter) -> Desk | None:
    """Return that desk of the holder, or its replacement if the letter complains about its people.

    About the department: only its inspection. About the holder: the province. About one of the
    holder's units: the holder's inspection instead of the unit, and not the office.
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


def _bureau(holder: Holder) -> Bureau:
    return "province" if holder == "triage" else holder
