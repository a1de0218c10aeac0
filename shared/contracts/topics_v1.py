"""What the bootstrap says about topics. Owner: the topic bootstrap. Topic: `mailbox.topics`.

A field may be added with a default; any other change is `topics_v2`.
"""

from typing import ClassVar

from shared.contracts.event import Event
from shared.contracts.fields import Instant, OpaqueId, Ordinal, TopicName


class TopicCreated(Event):
    """A topic was made, empty, under an id that no topic had before."""

    type: ClassVar[str] = "gd.mailbox.topic.created.v1"

    topic: TopicName
    incarnation: OpaqueId
    """Random; another one means that offsets and what was sent before are gone."""
    partitions: Ordinal
    created_at: Instant
