"""What the publisher knows of one letter: what the router made of it, and its draft. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from services.publisher.domain.pages import Change, Page, Problem
from shared.contracts.slugs import Bureau
from shared.contracts.values import About
from shared.contracts.vocabulary import Category, PoliceType, Role, State
from shared.contracts.words import PublicText
from shared.kernel.access_policy import Standing, complaint


@dataclass(frozen=True)
class Copied:
    """A copy that intake made with the writer's consent waits for an editor."""

    words: PublicText
    copy: int
    copied_at: datetime
    kind: Literal["copied"] = "copied"


@dataclass(frozen=True)
class Proposed:
    """One editor proposes to publish; another must approve."""

    words: PublicText
    copy: int
    copied_at: datetime
    editor: str
    """Opaque id of the editor who proposed."""
    proposed_at: datetime
    kind: Literal["proposed"] = "proposed"


@dataclass(frozen=True)
class Published:
    """Everyone can read it."""

    copy: int
    page: Page
    newer: Copied | None = None
    """A copy with a later reply, which editors may bring the page up to date with."""
    problems: tuple[Problem, ...] = ()
    """Those that nobody has decided yet."""
    change: Change | None = None
    """What an editor proposes to do with it."""
    changes: int = 0
    """How many were proposed."""
    kind: Literal["published"] = "published"


Waiting: TypeAlias = Copied | Proposed
Draft: TypeAlias = Copied | Proposed | Published


@dataclass(frozen=True)
class Promise:
    """A commitment, as far as figures count it."""

    commitment: int
    standing: Literal["open", "broken", "in_time", "late"] = "open"


@dataclass(frozen=True)
class Letter:
    """A letter of which the publisher has heard something; new ones have heard nothing."""

    state: State | None = None
    """As the router last said; none before it said anything."""
    category: Category | None = None
    policy_version: str = ""
    """Of the policies under which it was received."""
    is_barred: bool = False
    """Whether it must never be published: it was a report, by anyone's word, or was withdrawn."""
    bureau: Bureau | None = None
    """Who holds it, or held it last."""
    city: Bureau | None = None
    topic: PoliceType | None = None
    suggested_by: Role | None = None
    """Who, last, thought that it should be there for everyone to read."""
    draft: Draft | None = None
    problems: int = 0
    """How many were ever reported."""
    about: About | None = None
    excluded: tuple[str, ...] = ()
    """Bureaus and units that must not see it besides those of `about`."""
    promises: tuple[Promise, ...] = ()
    is_read: bool = False
    """Whether a chief has read it in person."""
    kind: Literal["letter"] = "letter"

    @property
    def waiting(self) -> Waiting | None:
        """The draft that an editor can still do something with."""
        return self.draft if isinstance(self.draft, Copied | Proposed) else None

    @property
    def published(self) -> Published | None:
        """What is public, with all that goes on about it."""
        return self.draft if isinstance(self.draft, Published) else None

    @property
    def page(self) -> Page | None:
        """What everyone can read of it."""
        return self.draft.page if isinstance(self.draft, Published) else None

    @property
    def standing(self) -> Standing | None:
        """Whom its copy must not reach; none before the router has said whom it complains of."""
        return None if self.state is None else complaint(self.about, self.excluded)
