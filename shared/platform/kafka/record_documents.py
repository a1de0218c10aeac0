"""Kafka records as fields of a document, byte for byte, so that they can be sent unchanged."""

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


def outbound_of(document: Document) -> Outbound:
    """The record in a document, to send it again."""
    return Outbound(
        document["topic"], bytes(document["key"]), bytes(document["value"]), headers_of(document)
    )


def headers_of(document: Document) -> Headers:
    """The record headers in a document."""
    return tuple((name, bytes(value)) for name, value in document["headers"])
