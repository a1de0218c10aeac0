"""What the publisher knows of a letter: how the router classified it, its draft and its page.

Instants are UTC.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from shared.contracts import vocabulary
from shared.contracts.slugs import Bureau
from shared.contracts.values import About
from shared.contracts.words import PublicText, Reason
from shared.kernel.access_policy import LetterAccess, complaint
from shared.kernel.viewers import person

ANSWERED: tuple[vocabulary.State, ...] = ("replied", "closed")
"""States in which a letter may be published, and in which its page can be up to date."""
MOST_TITLE = 200
"""Characters of a title in release events. Source: `Release.title`."""

MarkKind: TypeAlias = Literal["person", "place", "workplace", "account", "number", "detail"]
"""What an editor hides."""
MarkReason: TypeAlias = Literal[
    "tells_who", "minor", "officer", "not_needed", "public_body", "no_person", "mistaken"
]
"""Why an editor hides words, leaves them in sight, or lifts a mark."""
RejectReason: TypeAlias = Literal["not_general", "tells_who", "reply_unsuitable", "duplicate"]
NEW_COPY: Final = 0
"""The edition of a copy that no editor has changed."""


@dataclass(frozen=True)
class PublicPage:
    """A publication as everyone reads it. Its words are public and no longer sealed."""

    publication: str
    """A random id: nothing about the letter can be derived from it."""
    title: str = field(repr=False)
    text: str = field(repr=False)
    reply: str = field(repr=False)
    published_at: datetime
    month: str
    """Month of publication, `YYYY-MM`, Asia/Shanghai."""
    bureau: Bureau | None = None
    """Who answered."""
    city: Bureau | None = None
    topic: vocabulary.PoliceType | None = None
    category: vocabulary.Category | None = None
    corrected_at: datetime | None = None
    """When it was last corrected; None: never."""
    note: vocabulary.CorrectionNote | None = None
    """What was corrected last."""
    since: Literal["reopened", "answered_again"] | None = None
    """What has happened to the letter since this reply."""

    @property
    def path(self) -> str:
        """Where it can be read."""
        return f"/publications/{self.publication}"

    @property
    def headline(self) -> str:
        """The title for release events, shortened where masking has made it too long."""
        if len(self.title) <= MOST_TITLE:
            return self.title
        return f"{self.title[: MOST_TITLE - 1]}…"


@dataclass(frozen=True)
class ReportedProblem:
    """A problem that a reader has reported: its kind, and no words."""

    problem: str
    """`<publication>:<number>`."""
    kind: vocabulary.ProblemKind
    round: int
    """The round of its clock `publication_problem`; each problem of a letter has its own."""
    due_on: date | None
    """The editors decide by 24:00 of this day, Asia/Shanghai."""


@dataclass(frozen=True)
class ProposedChange:
    """What one editor proposes to do with a publication; another must approve it."""

    number: int
    """1 for the first proposal about this publication."""
    outcome: vocabulary.ProblemOutcome
    """`unfounded` leaves it as it is."""
    problem: str | None
    """The problem that this decides; None: no problem was reported."""
    note: vocabulary.CorrectionNote | None
    words: PublicText | None
    """The corrected text, if it is corrected."""
    editor: str
    """Opaque id of the editor who proposes."""
    proposed_at: datetime


@dataclass(frozen=True)
class EditorsMark:
    """Words that an editor hides, or leaves in sight although a rule doubts them."""

    number: int
    decision: Literal["hidden", "kept"]
    what: MarkKind
    reason: MarkReason
    words: Reason
    editor: str
    """Opaque id, as everywhere below."""
    at: datetime


@dataclass(frozen=True)
class SentBack:
    """What is missing, as the editor says who sent a proposal back."""

    editor: str
    at: datetime
    note: Reason


@dataclass(frozen=True)
class EditorsWork:
    """What editors have done with a copy."""

    edition: int = NEW_COPY
    """Grows with each change; an editor acts on the edition that they have read."""
    wording: PublicText | None = None
    """The text as an editor has shortened or reworded it, before `marks`; None: as it came."""
    marks: tuple[EditorsMark, ...] = ()
    sent_back: SentBack | None = None


@dataclass(frozen=True)
class CopiedDraft:
    """A copy from intake, made with the writer's consent, that waits for an editor."""

    words: PublicText
    """As it came."""
    copy: int
    copied_at: datetime
    work: EditorsWork = EditorsWork()
    kind: Literal["copied"] = "copied"


@dataclass(frozen=True)
class ProposedDraft:
    """A draft that one editor proposes to publish; another must approve it."""

    words: PublicText
    copy: int
    copied_at: datetime
    editor: str
    """Opaque id of the editor who proposed it."""
    proposed_at: datetime
    work: EditorsWork = EditorsWork()
    kind: Literal["proposed"] = "proposed"


@dataclass(frozen=True)
class RejectedDraft:
    """A copy that is not to be published; a copy with a later reply takes its place."""

    words: PublicText
    copy: int
    copied_at: datetime
    editor: str
    rejected_at: datetime
    reason: RejectReason
    note: Reason | None
    work: EditorsWork = EditorsWork()
    kind: Literal["rejected"] = "rejected"


@dataclass(frozen=True)
class LivePublication:
    """A publication that everyone can read."""

    copy: int
    page: PublicPage
    newer: CopiedDraft | None = None
    """A copy with a later reply, with which editors may update the page."""
    problems: tuple[ReportedProblem, ...] = ()
    """Undecided problems."""
    change: ProposedChange | None = None
    """The change that an editor proposes."""
    changes: int = 0
    """How many changes were proposed."""
    kind: Literal["published"] = "published"


WaitingDraft: TypeAlias = CopiedDraft | ProposedDraft
EditedDraft: TypeAlias = WaitingDraft | RejectedDraft
Draft: TypeAlias = EditedDraft | LivePublication


@dataclass(frozen=True)
class TakenDown:
    """A publication that was taken down, without its words."""

    publication: str
    reason: vocabulary.WhyUnpublished
    published_at: datetime


@dataclass(frozen=True)
class CountedPromise:
    """A commitment, as far as figures count it."""

    commitment: int
    standing: Literal["open", "broken", "in_time", "late"] = "open"


@dataclass(frozen=True)
class LetterLeaf:
    """How a letter is counted among those of its day."""

    received_on: date
    """Day of receipt, Asia/Shanghai."""
    leaf: str
    """Tells nothing to whoever hasn't the letter's receipt."""
    noted_at: datetime
    """When it became known here."""


@dataclass(frozen=True)
class PublisherLetter:
    """A letter as the publisher knows it; a new one has no facts yet."""

    state: vocabulary.State | None = None
    """As the router last reported it; None before its first fact."""
    category: vocabulary.Category | None = None
    policy_version: str = ""
    """Of the policies under which it was received."""
    is_barred: bool = False
    """Whether it must never be published: anyone classified it as a report, or it was withdrawn."""
    bureau: Bureau | None = None
    """Who holds it, or held it last."""
    city: Bureau | None = None
    topic: vocabulary.PoliceType | None = None
    suggested_by: vocabulary.Role | None = None
    """Who last suggested publishing it."""
    draft: Draft | None = None
    problems: int = 0
    """How many problems were ever reported."""
    about: About | None = None
    excluded: tuple[str, ...] = ()
    """Bureaus and units that must not see it besides those of `about`."""
    conflicted: tuple[str, ...] = ()
    """Opaque ids of the staff who declared a conflict of interest and must not see it."""
    promises: tuple[CountedPromise, ...] = ()
    is_read: bool = False
    """Whether a chief has read it in person."""
    taken_down: TakenDown | None = None
    """What was last taken down, until something is published again."""
    leaf: LetterLeaf | None = None
    """None: it became known before letters were counted day by day."""
    kind: Literal["letter"] = "letter"

    @property
    def waiting(self) -> WaitingDraft | None:
        """The draft that may be published; None if it is published or rejected."""
        return self.draft if isinstance(self.draft, CopiedDraft | ProposedDraft) else None

    @property
    def editable(self) -> EditedDraft | None:
        """The draft with editors' work, also if it is rejected."""
        return None if isinstance(self.draft, LivePublication) else self.draft

    @property
    def published(self) -> LivePublication | None:
        """The publication with its problems and changes."""
        return self.draft if isinstance(self.draft, LivePublication) else None

    @property
    def page(self) -> PublicPage | None:
        """The page that everyone can read."""
        return self.published.page if self.published else None

    @property
    def standing(self) -> LetterAccess | None:
        """Who must not see its copy; None before the router's first fact."""
        if self.state is None:
            return None
        return complaint(self.about, (*self.excluded, *map(person, self.conflicted)))
