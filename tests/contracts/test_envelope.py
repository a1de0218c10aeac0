"""Every event survives a round trip, and everything else is refused by a code alone."""

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.actions_v1 import Accept
from shared.contracts.attributes import ALWAYS, AMONG_US, SOMETIMES
from shared.contracts.catalogue import EVENTS
from shared.contracts.envelope import (
    MAX_RECORD,
    Code,
    Envelope,
    Foreign,
    Headers,
    KafkaRecord,
    Unreadable,
    Unsendable,
    envelope,
    event_id,
    from_record,
    to_record,
)
from shared.contracts.event import Event, Unknown
from shared.contracts.progress_v1 import LetterAccepted
from shared.contracts.submitted_v1 import ConsentChanged
from shared.contracts.topics import ALL, BY_NAME
from shared.contracts.values import By
from tests.contracts.strategies import PLACES, TRACE, TYPES, envelopes, from_example
from tests.support.budget import budget

LETTER = "GD-7K2M-9QXT-4HBN-W3RD-5"
PROGRESS = "letters.progress"
NOW = datetime(2026, 11, 24, 1, 12, 7, tzinfo=UTC)
ACCEPTED = LetterAccepted(
    state="handling", holder="guangzhou", assignment=1, by=By(role="bureau", bureau="guangzhou")
)
quick = settings(max_examples=budget(15, quick=4), database=None)


def accepted(sequence: int = 4) -> Envelope[Event]:
    """An envelope that is as it should be."""
    return envelope(PROGRESS, LETTER, data=ACCEPTED, time=NOW, sequence=sequence, cause="a-1")


def changed(record: KafkaRecord | Foreign, **headers: bytes | None) -> Foreign:
    """The record with other headers; None takes one away."""
    key, value, before = record
    kept = [(name, raw) for name, raw in before if name not in headers]
    added = [(name, raw) for name, raw in headers.items() if raw is not None]
    return Foreign(key, value, [*kept, *added])


def code_of(record: KafkaRecord | Foreign, topic: str = PROGRESS) -> str:
    """The code with which the record is refused."""
    with pytest.raises(Unreadable) as refused:
        from_record(record, topic=topic)
    assert str(refused.value) == refused.value.code
    assert refused.value.code in get_args(Code)
    return refused.value.code


@pytest.mark.parametrize(("event_type", "topic"), PLACES)
@quick
@given(data=st.data())
def test_every_event_comes_back_as_it_was_sent(
    event_type: str, topic: str, data: st.DataObject
) -> None:
    sent = data.draw(envelopes(EVENTS[event_type], topic))
    came = from_record(to_record(sent, topic=topic), topic=topic)
    without_cause = BY_NAME[topic].is_public
    assert came.data == sent.data
    assert (came.id, came.subject, came.sequence) == (sent.id, sent.subject, sent.sequence)
    assert (came.type, came.time, came.source) == (sent.type, sent.time, sent.source)
    assert came.cause == (None if without_cause else sent.cause)


header_names = st.sampled_from((*ALWAYS, *SOMETIMES, *AMONG_US, "x"))


@settings(max_examples=budget(400), database=None)
@given(
    key=st.none() | st.binary(max_size=20),
    value=st.none() | st.binary(max_size=200),
    headers=st.lists(st.tuples(header_names | st.text(max_size=8), st.binary(max_size=40))),
    topic=st.sampled_from([topic.name for topic in ALL] + ["nowhere"]),
)
def test_any_bytes_are_refused_by_a_code_alone(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]], topic: str
) -> None:
    with pytest.raises(Unreadable):
        from_record(Foreign(key, value, headers), topic=topic)


@pytest.mark.parametrize("event_type", TYPES)
@settings(max_examples=budget(40, quick=8), database=None)
@given(data=st.data())
def test_a_record_with_one_thing_changed_is_read_or_refused(
    event_type: str, data: st.DataObject
) -> None:
    sent, topic = from_example(event_type)
    key, value, headers = to_record(sent, topic=topic)
    came_with: Headers = headers
    name = data.draw(header_names)
    junk = data.draw(st.binary(max_size=30))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(value)))
        value = value[:at] + junk + value[at + data.draw(st.integers(0, 5)) :]
    else:
        _, _, came_with = changed(Foreign(key, value, headers), **{name: junk})
    came: object = None
    with suppress(Unreadable):
        came = from_record(Foreign(key, value, came_with), topic=topic)
    assert came is None or isinstance(came, Envelope)


@pytest.mark.parametrize("event_type", TYPES)
def test_neither_query_operator_nor_number_is_text_date_or_id(event_type: str) -> None:
    sent, topic = from_example(event_type)
    key, value, headers = to_record(sent, topic=topic)
    data, others = json.loads(value), ({"$gt": ""}, 1_700_000_000, 86_400, True)
    planted = [bad for other in others for bad in with_one_text_replaced(data, other)]
    assert planted or event_type == ConsentChanged.type, "only that one holds no text"
    for bad in planted:
        assert code_of(Foreign(key, json.dumps(bad).encode(), headers), topic) == "bad_value"


def test_each_fault_has_its_code() -> None:
    good = to_record(accepted())
    key, value, headers = good
    assert code_of(changed(good, ce_id=b"letters.progress/other/4")) == "bad_id"
    assert code_of(changed(good, ce_sequence=b"5")) == "bad_id"
    for number in (None, b"0", b"04", b"-1", b"4.0", b"9" * 16, "٤".encode()):
        assert code_of(changed(good, ce_sequence=number)) == "bad_sequence"
    for name in ("ce_id", "ce_type", "ce_time", "ce_subject", "ce_source", "ce_specversion"):
        assert code_of(changed(good, **{name: None})) == "bad_headers"
    assert code_of(changed(good, ce_specversion=b"0.3")) == "bad_headers"
    assert code_of(changed(good, ce_time=b"2026-11-24T01:12:07")) == "bad_headers"
    assert code_of(changed(good, ce_time=b"2026-13-24T01:12:07Z")) == "bad_headers"
    assert code_of(changed(good, ce_time=b"0001-01-01T00:00:00+08:00")) == "bad_headers"
    structured = changed(good, **{"content-type": b"application/cloudevents+json"})
    assert code_of(structured) == "bad_headers"
    assert code_of(Foreign(key, value, [*headers, ("ce_id", b"twice")])) == "bad_headers"
    assert code_of(Foreign(key, value, [*headers, *[("x", b"")] * 64])) == "bad_headers"
    assert code_of(Foreign(b"another", value, headers)) == "wrong_subject"
    assert code_of(changed(good, ce_cause=b"\xff")) == "not_utf8"
    assert code_of(Foreign(key, value.replace(b"handling", b"\xff"), headers)) == "not_utf8"
    assert code_of(Foreign(key, value[:-1], headers)) == "bad_json"
    assert code_of(Foreign(key, b'{"by":"\\ud800"}', headers)) == "bad_json"
    assert code_of(Foreign(key, b"[]", headers)) == "bad_value"
    assert code_of(
        Foreign(key, value.replace(b'"assignment":1', b'"assignment":"1"'), headers)
    ) == ("bad_value")
    assert code_of(Foreign(key, value, [*headers, ("x", b" " * MAX_RECORD)])) == "too_large"


@pytest.mark.parametrize(
    ("written", "fraction"),
    [("07Z", 0), ("07.1Z", 100_000), ("07.1234567Z", 123_456), ("07.123456789Z", 123_456)],
)
def test_instants_of_any_language_are_read_in_headers_and_data(written: str, fraction: int) -> None:
    """Java, Go and .NET write seven to nine decimals."""
    sent, topic = from_example(Accept.type)
    key, value, headers = to_record(sent)
    text, instant = f"2026-11-24T01:12:{written}", NOW.replace(microsecond=fraction)
    said = json.dumps(json.loads(value) | {"made_at": text}).encode()
    came = from_record(changed(Foreign(key, said, headers), ce_time=text.encode()), topic=topic)
    assert came.time == instant
    assert isinstance(came.data, Accept)
    assert came.data.made_at == instant


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24T09:12:07+08:00",
        "2026-11-24T01:12:07+00:00",
        "2026-11-24T01:12:07-00:00",
        "2026-11-24T01:12:07",
        "2026-11-24 01:12:07Z",
        "2026-11-24T01:12Z",
        "2026-11-24T01:12:07.Z",
        "2026-11-24T01:12:07.1234567891Z",
        "2026-11-24T01:12:60Z",
        "２026-11-24T01:12:07Z",
    ],
)
def test_an_instant_is_written_in_one_way(written: str) -> None:
    sent, topic = from_example(Accept.type)
    key, value, headers = to_record(sent)
    said = json.dumps(json.loads(value) | {"made_at": written}).encode()
    assert code_of(Foreign(key, said, headers), topic) == "bad_value"
    if written.isascii() and " " not in written:
        late = changed(Foreign(key, value, headers), ce_time=written.encode())
        assert code_of(late, topic) == "bad_headers"


def test_a_known_type_on_a_foreign_topic_is_refused() -> None:
    key, value, headers = to_record(accepted())
    wrong = changed(
        Foreign(key, value, headers),
        ce_id=event_id("letters.submitted", LETTER, sequence=4).encode(),
    )
    assert code_of(wrong, "letters.submitted") == "not_this_topic"


def test_an_unknown_type_is_ignored_but_counted() -> None:
    key, _, headers = to_record(accepted())
    unknown = changed(Foreign(key, b"", headers), ce_type=b"gd.mailbox.letter.sung.v1")
    came = from_record(unknown, topic=PROGRESS)
    assert came.data == Unknown()
    assert (came.sequence, came.type) == (4, "gd.mailbox.letter.sung.v1")


def test_another_version_of_a_known_event_is_not_ignored_among_our_services() -> None:
    newer = changed(to_record(accepted()), ce_type=b"gd.mailbox.letter.accepted.v2")
    assert code_of(newer) == "unknown_version"


def test_outsiders_ignore_another_version_since_the_old_one_comes_beside_it() -> None:
    for event_type, topic in (
        ("gd.mailbox.letter.assigned.v1", "bureau.guangzhou.letters"),
        (Accept.type, "bureau.guangzhou.actions"),
    ):
        sent, _ = from_example(event_type, topic)
        newer = changed(
            to_record(sent, topic=topic), ce_type=event_type.replace(".v1", ".v2").encode()
        )
        assert from_record(newer, topic=topic).data == Unknown()


def test_on_a_bureau_s_topic_the_source_is_who_may_write_there() -> None:
    for event_type, topic in (
        ("gd.mailbox.letter.assigned.v1", "bureau.guangzhou.letters"),
        (Accept.type, "bureau.guangzhou.actions"),
    ):
        sent, _ = from_example(event_type, topic)
        record = to_record(sent, topic=topic)
        for source in (b"/bureaus/foshan", b"/services/intake", b"guangzhou"):
            assert code_of(changed(record, ce_source=source), topic) == "wrong_source"


def test_a_field_that_is_not_known_is_ignored() -> None:
    key, value, headers = to_record(accepted())
    more = json.dumps(json.loads(value) | {"sung": {"$gt": ""}}).encode()
    assert from_record(KafkaRecord(key, more, headers), topic=PROGRESS) == accepted()


def test_an_action_is_known_by_its_action_id_and_has_no_number() -> None:
    sent, topic = from_example(Accept.type)
    record = to_record(sent)
    assert sent.source == "/bureaus/guangzhou"
    assert (
        code_of(changed(record, ce_id=b"0b6f7a4e-8c5d-4a55-8f6d-000000000000"), topic) == "bad_id"
    )
    assert code_of(changed(record, ce_sequence=b"1"), topic) == "bad_sequence"


def test_a_stranger_s_refusal_has_no_number_and_other_facts_must_have_one() -> None:
    example_, topic = from_example("gd.mailbox.action.refused.v1")
    alone = envelope(topic, LETTER, data=example_.data, time=NOW, cause="3-1207")
    assert alone.id == f"{topic}/refused/3-1207"
    assert from_record(to_record(alone), topic=topic) == alone
    assert code_of(changed(to_record(alone), ce_id=b"other/refused/3-1207"), topic) == "bad_id"
    with pytest.raises(Unsendable, match="bad_sequence"):
        to_record(envelope(PROGRESS, LETTER, data=ACCEPTED, time=NOW))


def test_traces_stay_among_our_own_services() -> None:
    traced = accepted().traced(TRACE, 7)
    assert from_record(to_record(traced), topic=PROGRESS) == traced
    for topic in ("bureau.guangzhou.letters", "public.releases", "bureau.guangzhou.actions"):
        event_type = next(name for name, place in PLACES if place == topic)
        sent = from_example(event_type, topic)[0].traced(TRACE, 7)
        _, _, headers = to_record(sent, topic=topic)
        assert not {"traceparent", "ce_letterversion"} & dict(headers).keys()
        told = [*headers, ("traceparent", TRACE.encode()), ("ce_letterversion", b"7")]
        key, value, _ = to_record(sent, topic=topic)
        came = from_record(KafkaRecord(key, value, told), topic=topic)
        assert (came.traceparent, came.letterversion) == (None, None)


def test_public_records_name_no_letter() -> None:
    sent, topic = from_example("gd.mailbox.release.published.v1")
    caused = envelope(
        topic, sent.subject, data=sent.data, time=NOW, sequence=1, cause=f"{PROGRESS}/{LETTER}/9"
    )
    key, value, headers = to_record(caused)
    assert LETTER.encode() not in b"".join([key, value, *dict(headers).values()])


def test_nothing_leaves_that_no_reader_would_accept() -> None:
    def refused(sent: Envelope[Event]) -> str:
        with pytest.raises(Unsendable) as caught:
            to_record(sent)
        return caught.value.code

    assert refused(envelope(PROGRESS, "a/b", data=ACCEPTED, time=NOW, sequence=1)) == (
        "wrong_subject"
    )
    assert refused(envelope(PROGRESS, LETTER, data=ACCEPTED, time=NOW, sequence=0)) == (
        "bad_sequence"
    )
    assert refused(envelope("letters.submitted", LETTER, data=ACCEPTED, time=NOW, sequence=1)) == (
        "not_this_topic"
    )
    assert (
        refused(envelope(PROGRESS, LETTER, data=ACCEPTED, time=NOW, sequence=1, cause="a b"))
        == "bad_headers"
    )
    assert refused(Envelope("i", "t", "/s", LETTER, NOW, Unknown())) == "bad_value"
    naive = NOW.replace(tzinfo=None)
    assert refused(envelope(PROGRESS, LETTER, data=ACCEPTED, time=naive, sequence=1)) == (
        "bad_headers"
    )


def with_one_text_replaced(value: Any, by: Any) -> Iterator[Any]:
    """The value once for each text in it, with `by` in place of that text."""
    if isinstance(value, str):
        yield by
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for place, part in inside:
        for other in with_one_text_replaced(part, by):
            whole = copy(value)
            whole[place] = other
            yield whole
