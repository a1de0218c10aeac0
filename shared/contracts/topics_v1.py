"""Events of the topic bootstrap about topics. Topic: `mailbox.topics`.

Owner: the topic bootstrap. A field may be added with a default; any other change is `topics_v2`.
"""

from typing import ClassVar

from shared.contracts.event import Event
from shared.contracts.fields import Instant, OpaqueId, Ordinal, TopicName


class TopicCreated(Event):
    """A topic was created, empty, under a new id."""

    type: ClassVar[str] = "gd.mailbox.topic.created.v1"

    topic: TopicName
    incarnation: OpaqueId
    """Random; another one means that offsets and earlier records are gone."""
    partitions: Ordinal
    created_at: Instant
