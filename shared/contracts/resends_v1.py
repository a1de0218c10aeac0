"""Requests between services for a resend. Owner: all four services. Topic: `letters.resends`.

The writer of the requested topic answers: it sends those of its log entries again, byte for byte,
in order. A lost request is harmless, since it is repeated as long as the gap exists.

The subject `all` (`ALL`) means every subject of the topic, from 1 to the largest number: a reader
requests it if it finds unread records gone. The writer answers with its whole log for that topic,
at most once a minute.

A field may be added with a default; any other change is `resends_v2`.
"""

from typing import ClassVar

from shared.contracts.event import Event
from shared.contracts.fields import OpaqueId, Ordinal, TopicName
from shared.contracts.vocabulary import Service

ALL = "all"
"""Stands for every subject of a topic. No letter, diversion or publication has this id."""


class ResendRequested(Event):
    """A reader misses events of one subject on one topic."""

    type: ClassVar[str] = "gd.mailbox.resend.requested.v1"

    topic: TopicName
    subject: OpaqueId
    """Letter, diversion or publication; `all` for every one of them."""
    from_sequence: Ordinal
    to_sequence: Ordinal
    """The last missing one, inclusive."""
    reader: Service
