"""What the router knows of one letter. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.router.domain.parts import (
    Draft,
    HandedBack,
    Instructed,
    Promised,
    Question,
    Remark,
    RunningClock,
    Said,
    Wanted,
)
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import About, Attachment, Place
from shared.contracts.vocabulary import (
    Category,
    ClockName,
    LinkKind,
    Outcome,
    PoliceType,
    State,
    WhyClosed,
)
from shared.contracts.words import LetterText
from shared.kernel.access_policy import Held


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
    quiet: int | None = None
    """Number of the last holding of which the holder's own system is told nothing, if any."""
    policy_version: str = ""
    """Of the policies under which it was received."""
    evidence: tuple[str, ...] = ()
    """Codes of what the rules found in the text."""
    confidence: float | None = None
    """How sure the rules were; None: an older version of the router didn't keep it."""
    about: About | None = None
    excluded: tuple[str, ...] = ()
    """Bureaus, and units as `<slug>:<unit>`, that must not see it besides those of `about`."""
    masked: bool = False
    unit: str | None = None
    """The line of police work to which its holder has passed it on."""
    unit_code: str | None = None
    """The bureau's own code of that unit."""
    held: tuple[Held, ...] = ()
    """Holdings that have ended."""
    facts: int = 0
    """How many facts have made it what it is."""
    clocks: tuple[RunningClock, ...] = ()
    rounds: tuple[tuple[ClockName, int], ...] = ()
    """How often each clock was started."""
    triage_reasons: tuple[str, ...] = ()
    suggestion: Bureau | None = None
    """Whose it may be, for the triage desk."""
    returns: tuple[HandedBack, ...] = ()
    accepted_at: datetime | None = None
    notes: int = 0
    """How many notes there are; their words are in the log alone."""
    remarks: tuple[Remark, ...] = ()
    """Reasons that staff gave, and ratings, oldest first."""
    remarks_dropped: int = 0
    """How many older ones are in the log alone."""
    questions: tuple[Question, ...] = ()
    additions: int = 0
    said: tuple[Said, ...] = ()
    """The conversation with the writer, oldest first."""
    wanted: Wanted | None = None
    draft: Draft | None = None
    drafts: int = 0
    """How many there were, up to the one that waits."""
    replies: int = 0
    outcome: Outcome | None = None
    commitments: tuple[Promised, ...] = ()
    instructions: tuple[Instructed, ...] = ()
    reads: tuple[tuple[str, bool], ...] = ()
    """Offices that have read it, and whether in person."""
    solved: bool | None = None
    """What the writer's last rating said."""
    reopen_until: datetime | None = None
    """When the time to rate or reopen after the last reply passes, or has passed."""
    closed_why: WhyClosed | None = None
    reopened: int = 0
    appeals: int = 0
    is_supervised: bool = False
    is_petition: bool = False
    is_disclosure: bool = False
    is_proposed: bool = False
    """For publication."""
    links: tuple[tuple[LinkKind, str], ...] = ()
    kind: Literal["letter"] = "letter"

    @property
    def bureau(self) -> Bureau | None:
        """The bureau that holds the letter, or did when it ended; none in triage."""
        return None if self.holder == "triage" else self.holder

    @property
    def is_quiet(self) -> bool:
        """Whether the department's inspection holds it, or did last, at the desk alone."""
        return self.quiet is not None and self.quiet == self.assignment

    @property
    def is_followed_up(self) -> bool:
        """Whether the province, to which it was addressed, watches what another makes of it."""
        return self.addressed_to == "province" and self.holder not in ("province", "triage")

    @property
    def question(self) -> Question | None:
        """The question that is open."""
        return next((one for one in self.questions if one.ended_at is None), None)

    @property
    def due_at(self) -> datetime | None:
        """When the first of its clocks passes; those that wait for the writer don't."""
        return min((one.passes_at for one in self.clocks if not one.is_paused), default=None)

    def running(self, clock: ClockName, round_: int | None = None) -> RunningClock | None:
        """That clock, if it runs or is paused; of several rounds the first, or the one named."""
        return next(
            (one for one in self.clocks if one.clock == clock and round_ in (None, one.round)),
            None,
        )

    def next_round(self, clock: ClockName) -> int:
        """The number that the clock's next start gets."""
        return dict(self.rounds).get(clock, 0) + 1


RouterState = Nothing | Letter


def salt_of(state: object) -> str | None:
    """What digests of what is asked about a letter are salted with; None once it was erased."""
    return state.words.salt if isinstance(state, Letter) and state.words else None
