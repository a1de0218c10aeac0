"""Events of the publisher to the public. Owner: services.publisher. Topic: `public.releases`.

They carry no letter number and no trace. A field may be added with a default; any other change is
`releases_v2`, published beside this one.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.event import Event
from shared.contracts.fields import Month, OpaqueId, PublicPath
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import PoliceType


class Release(Event):
    """The public data of a publication; a base class, never sent itself."""

    publication: OpaqueId
    path: PublicPath
    title: Annotated[str, Field(min_length=1, max_length=200)]
    topic: PoliceType | None = None
    """The line of police work that it is about."""
    city: Bureau | None = None
    month: Month
    """Month of publication, `YYYY-MM`, Asia/Shanghai."""


class ReleasePublished(Release):
    """A publication is available."""

    type: ClassVar[str] = "gd.mailbox.release.published.v1"


class ReleaseCorrected(Release):
    """A publication has been corrected."""

    type: ClassVar[str] = "gd.mailbox.release.corrected.v1"


class ReleaseWithdrawn(Event):
    """A publication has been withdrawn; whoever redistributed it should remove it, too."""

    type: ClassVar[str] = "gd.mailbox.release.withdrawn.v1"

    publication: OpaqueId
    path: PublicPath
    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The former title; None if the title itself must no longer be shown."""
    topic: PoliceType | None = None
    """The line of police work that it was about."""
    city: Bureau | None = None
    month: Month
    """Month of publication, `YYYY-MM`, Asia/Shanghai."""
