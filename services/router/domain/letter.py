"""What the router knows of one letter. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import About, Attachment, Place, Receipt
from shared.contracts.vocabulary import Category, ClockName, LevelName, Outcome, PoliceType, State
from shared.contracts.words import LetterText
from shared.kernel.seeing import Held


@dataclass(frozen=True)
class RunningClock:
    """A clock that runs, and which of its levels were reached and confirmed."""

    clock: ClockName
    round: int
    due_on: date
    """It runs until 24:00 of this day in Asia/Shanghai."""
    passes_at: datetime
    provisional: bool = False
    levels: tuple[LevelName, ...] = ()
    """Levels that can still be reached."""


@dataclass(frozen=True)
class Nothing:
    """The router has never heard of the letter."""

    kind: Literal["nothing"] = "nothing"


@dataclass(frozen=True)
class Letter:
    """A letter that the router has received."""

    received_at: datetime
    """Its Asia/Shanghai date is the day of receipt."""
    category: Category
    police_type: PoliceType | None
    place: Place
    addressed_to: Bureau | None
    attachments: tuple[Attachment, ...]
    words: LetterText | None
    """As the writer sent them; none once they were erased."""
    state: State
    holder: Holder
    assignment: int
    """Number of the present holding by a bureau, or of the last one; 0 before the first."""
    about: About | None = None
    excluded: tuple[str, ...] = ()
    """Bureaus, and units as `<slug>:<unit>`, that must not see it besides those of `about`."""
    unit: str | None = None
    """The line of police work to which its holder has passed it on."""
    held: tuple[Held, ...] = ()
    """Holdings that have ended."""
    facts: int = 0
    """How many facts have made it what it is."""
    masked: bool = False
    clocks: tuple[RunningClock, ...] = ()
    rounds: tuple[tuple[ClockName, int], ...] = ()
    """How often each clock was started."""
    receipt: Receipt | None = None
    """How the reply's due date was counted."""
    triage_reasons: tuple[str, ...] = ()
    replies: int = 0
    outcome: Outcome | None = None
    solved: bool | None = None
    """What the writer's last rating said."""
    kind: Literal["letter"] = "letter"

    @property
    def bureau(self) -> Bureau | None:
        """The bureau that holds the letter, or did when it ended; none in triage."""
        return None if self.holder == "triage" else self.holder

    @property
    def is_followed_up(self) -> bool:
        """Whether the province, to which it was addressed, watches what another makes of it."""
        return self.addressed_to == "province" and self.holder not in ("province", "triage")

    def running(self, clock: ClockName) -> RunningClock | None:
        """That clock, if it runs."""
        return next((one for one in self.clocks if one.clock == clock), None)

    def next_round(self, clock: ClockName) -> int:
        """The number that the clock's next start gets."""
        return dict(self.rounds).get(clock, 0) + 1


RouterState = Nothing | Letter
