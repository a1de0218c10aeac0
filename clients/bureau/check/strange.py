"""Records of a later version of the mailbox, which no reader knows yet."""

import json

from shared.contracts.envelope import KafkaRecord

UNKNOWN_TYPE = "gd.mailbox.letter.foreseen.v1"
UNKNOWN_FIELD = "foreseen"


def of_unknown_type(record: KafkaRecord) -> KafkaRecord:
    """The same letter and number with a type that is not in the catalogue."""
    headers = [
        (name, UNKNOWN_TYPE.encode() if name == "ce_type" else raw) for name, raw in record.headers
    ]
    value = json.dumps({UNKNOWN_FIELD: {"of": ["a later version", 2]}}).encode()
    return KafkaRecord(record.key, value, headers)


def with_unknown_field(record: KafkaRecord) -> KafkaRecord:
    """The same event with an additional field and header."""
    value = {**json.loads(record.value), UNKNOWN_FIELD: {"of": ["a later version", 2]}}
    headers = [*record.headers, (f"ce_{UNKNOWN_FIELD}", b"1")]
    return KafkaRecord(record.key, json.dumps(value, ensure_ascii=False).encode(), headers)
