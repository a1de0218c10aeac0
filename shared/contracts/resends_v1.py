"""What services ask each other to send again. Owner: all four services. Topic: `letters.resends`.

Lost without harm, since it is asked again; the writer of the topic asked for answers. A field may
be added with a default; any other change is `resends_v2`.
"""

from typing import ClassVar

from shared.contracts.event import Event
from shared.contracts.fields import OpaqueId, Ordinal, TopicName
from shared.contracts.vocabulary import Service


class ResendRequested(Event):
    """A reader misses events of one subject on one topic."""

    type: ClassVar[str] = "gd.mailbox.resend.requested.v1"

    topic: TopicName
    subject: OpaqueId
    from_sequence: Ordinal
    to_sequence: Ordinal
    """The last one that is missing, itself included."""
    reader: Service
