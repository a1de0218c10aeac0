"""What the publisher says about a letter. Owner: services.publisher. Topic: `letters.published`.

A field may be added with a default; any other change is `published_v2`.
"""

from typing import ClassVar

from shared.contracts.event import Event
from shared.contracts.fields import Instant, OpaqueId, PublicPath


class LetterPublished(Event):
    """A letter and its reply can be read by everyone."""

    type: ClassVar[str] = "gd.mailbox.letter.published.v1"

    publication: OpaqueId
    path: PublicPath
    published_at: Instant
