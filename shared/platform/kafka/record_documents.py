"""How does a record of Kafka stand in a document? Byte for byte, so that it leaves as it came."""

from __future__ import annotations

from shared.platform.kafka.bus import Headers, Inbound, Outbound
from shared.platform.mongo.database import Document


def fields_of(record: Inbound | Outbound) -> Document:
    """Topic, key, value and headers, as fields of a document."""
    return {
        "topic": record.topic,
        "key": record.key,
        "value": record.value,
        "headers": record.headers,
    }


def outbound_of(kept: Document) -> Outbound:
    """The record that stands in `kept`, to send it again."""
    return Outbound(kept["topic"], bytes(kept["key"]), bytes(kept["value"]), headers_of(kept))


def headers_of(kept: Document) -> Headers:
    """The headers that stand in `kept`."""
    return tuple((name, bytes(value)) for name, value in kept["headers"])
