"""The CloudEvents SDK and this codec read each other's records."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.envelope import Foreign, envelope, from_record, to_record
from shared.contracts.progress_v1 import LetterClosed
from shared.contracts.values import By
from tests.contracts.strategies import EARLIEST, LATEST, TYPES, from_example
from tests.support.budget import budget

LETTER = "GD-7K2M-9QXT-4HBN-W3RD-5"
PROGRESS = "letters.progress"
CLOSED = LetterClosed(
    state="closed", holder="guangzhou", assignment=1, by=By(role="writer"), why="solved"
)


@pytest.mark.parametrize("event_type", TYPES)
def test_the_sdk_reads_what_is_written_here(event_type: str) -> None:
    sent, topic = from_example(event_type)
    key, value, headers = to_record(sent, topic=topic)
    read = kafka.from_binary(kafka.KafkaMessage(dict(headers), key, value), JSONFormat())
    assert read.get_id() == sent.id
    assert read.get_type() == sent.type
    assert read.get_source() == sent.source
    assert read.get_subject() == sent.subject
    assert read.get_time() == sent.time
    assert read.get_datacontenttype() == "application/json"
    number = None if sent.sequence is None else str(sent.sequence)
    assert read.get_extension("sequence") == number
    assert read.get_data() == json.loads(value)
    assert type(sent.data).model_validate_json(json.dumps(read.get_data())) == sent.data


@pytest.mark.parametrize("event_type", TYPES)
def test_what_the_sdk_writes_is_read_here(event_type: str) -> None:
    sent, topic = from_example(event_type)
    attributes: dict[str, Any] = {
        "id": sent.id,
        "type": sent.type,
        "source": sent.source,
        "subject": sent.subject,
        "time": sent.time,
        "specversion": "1.0",
        "datacontenttype": "application/json",
    }
    if sent.sequence is not None:
        attributes["sequence"] = str(sent.sequence)
    if sent.cause is not None:
        attributes["cause"] = sent.cause
    event = CloudEvent(attributes, json.loads(sent.data.model_dump_json()))
    written = kafka.to_binary(event, JSONFormat(), lambda _: sent.subject)
    came = from_record(
        Foreign(sent.subject.encode(), written.value, written.headers.items()), topic=topic
    )
    assert came == sent.traced(None)


@settings(max_examples=budget(100), database=None)
@given(
    sequence=st.integers(1, 2**53 - 1),
    time=st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
    cause=st.none() | st.from_regex(r"[!-~]{1,255}", fullmatch=True),
)
def test_attributes_are_the_sdk_s_whatever_they_hold(
    sequence: int, time: datetime, cause: str | None
) -> None:
    sent = envelope(PROGRESS, LETTER, data=CLOSED, time=time, sequence=sequence, cause=cause)
    key, value, headers = to_record(sent)
    read = kafka.from_binary(kafka.KafkaMessage(dict(headers), key, value), JSONFormat())
    again = kafka.to_binary(read, JSONFormat())
    ours = {name: raw for name, raw in again.headers.items() if name != "ce_partitionkey"}
    assert from_record(Foreign(key, value, ours.items()), topic=PROGRESS) == sent
    assert (read.get_time(), read.get_extension("cause")) == (time, cause)
