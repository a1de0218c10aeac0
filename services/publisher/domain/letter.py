"""What the publisher knows of one letter: what the router made of it, and its draft. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from shared.contracts.slugs import Bureau
from shared.contracts.values import About
from shared.contracts.vocabulary import Category, PoliceType, State
from shared.contracts.words import PublicText
from shared.kernel.seeing import Standing, complaint


@dataclass(frozen=True)
class Page:
    """A publication as everyone reads it. Its words are public and no longer sealed."""

    publication: str
    """Drawn by lot: nothing of the letter can be computed from it."""
    title: str = field(repr=False)
    text: str = field(repr=False)
    reply: str = field(repr=False)
    published_at: datetime
    month: str
    """Month of publication, `YYYY-MM`, Asia/Shanghai."""
    bureau: Bureau | None = None
    """Who answered."""
    city: Bureau | None = None
    topic: PoliceType | None = None
    category: Category | None = None

    @property
    def path(self) -> str:
        """Where it can be read."""
        return f"/publications/{self.publication}"


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
    kind: Literal["published"] = "published"


Waiting: TypeAlias = Copied | Proposed
Draft: TypeAlias = Copied | Proposed | Published


@dataclass(frozen=True)
class Letter:
    """A letter of which the publisher has heard something; new ones have heard nothing."""

    state: State | None = None
    """As the router last said; none before it said anything."""
    category: Category | None = None
    is_barred: bool = False
    """Whether it must never be published: it was a report, by anyone's word, or was withdrawn."""
    bureau: Bureau | None = None
    """Who holds it, or held it last."""
    city: Bureau | None = None
    topic: PoliceType | None = None
    draft: Draft | None = None
    about: About | None = None
    excluded: tuple[str, ...] = ()
    """Bureaus and units that must not see it besides those of `about`."""
    kind: Literal["letter"] = "letter"

    @property
    def waiting(self) -> Waiting | None:
        """The draft that an editor can still do something with."""
        return self.draft if isinstance(self.draft, Copied | Proposed) else None

    @property
    def page(self) -> Page | None:
        """What everyone can read of it."""
        return self.draft.page if isinstance(self.draft, Published) else None

    @property
    def standing(self) -> Standing | None:
        """Whom its copy must not reach; none before the router has said whom it complains of."""
        return None if self.state is None else complaint(self.about, self.excluded)
