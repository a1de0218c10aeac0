"""What the publisher tells the public. Owner: services.publisher. Topic: `public.releases`.

Carries no letter number and no trace. A field may be added with a default; any other change is
`releases_v2`, published beside this one.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.event import Event
from shared.contracts.fields import Month, OpaqueId, PublicPath
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import PoliceType


class Release(Event):
    """What everyone may know of a publication; never sent as such."""

    publication: OpaqueId
    path: PublicPath
    title: Annotated[str, Field(min_length=1, max_length=200)]
    topic: PoliceType | None = None
    """The line of police work that it is about."""
    city: Bureau | None = None
    month: Month
    """Month of publication, `YYYY-MM`, Asia/Shanghai."""


class ReleasePublished(Release):
    """A publication is there to read."""

    type: ClassVar[str] = "gd.mailbox.release.published.v1"


class ReleaseCorrected(Release):
    """A publication says something else now."""

    type: ClassVar[str] = "gd.mailbox.release.corrected.v1"


class ReleaseWithdrawn(Event):
    """A publication is gone, and whoever has passed it on should take it down too."""

    type: ClassVar[str] = "gd.mailbox.release.withdrawn.v1"

    publication: OpaqueId
    path: PublicPath
    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """As it was; None where the title itself must not be said any more."""
    topic: PoliceType | None = None
    """The line of police work that it was about."""
    city: Bureau | None = None
    month: Month
    """Month of publication, `YYYY-MM`, Asia/Shanghai."""
