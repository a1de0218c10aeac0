"""JSON that two readers could read differently is refused, on Kafka as over HTTP."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.actions_v1 import Accept
from shared.contracts.envelope import Foreign, Unreadable, from_record, to_record
from shared.contracts.strict_json import NotStrict, normalised
from shared.contracts.words import Note
from tests.contracts.strategies import from_example
from tests.support.budget import budget

BAD = [
    b'{"assignment":NaN,"assignment":1}',
    b'{"assignment":1,"assignment":2}',
    b'{"a":{"b":1,"b":1}}',
    b'{"a":1,"\\u0061":1}',
    b"NaN",
    b"[Infinity]",
    b"-Infinity",
    b"1e999",
    b"{} {}",
    b"{}x",
    b"{},",
    b"\xef\xbb\xbf{}",
    b"{'a':1}",
    b'{"a":"\x01"}',
    b'"\xff"',
    b"[" * 100_000,
    b"9" * 5_000,
    b"",
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("raw", BAD)
def test_what_is_not_strict_is_refused_and_not_repeated(raw: bytes) -> None:
    with pytest.raises(NotStrict) as refused:
        normalised(raw)
    assert str(refused.value) == ""
    assert refused.value.__cause__ is None


@settings(max_examples=budget(100), database=None)
@given(json_values)
def test_all_other_json_stays_as_it_is(value: object) -> None:
    raw = json.dumps(value, ensure_ascii=True).encode()
    assert normalised(raw) is raw


@pytest.mark.parametrize(
    ("written", "meant"),
    [(b"1.0", b"1"), (b"1e2", b"100"), (b"-0.0", b"0"), (b"[1.5,2.0]", b"[1.5,2]")],
)
def test_a_whole_number_is_one_however_it_is_written(written: bytes, meant: bytes) -> None:
    assert normalised(written) == meant


@pytest.mark.parametrize(
    "value",
    [
        b'{"assignment":NaN,"assignment":1,',
        b'{"assignment":1,"assignment":1,',
        b'{"ignored":Infinity,',
        b'{"ignored":{"a":1,"a":2},',
    ],
)
def test_kafka_refuses_what_http_refuses(value: bytes) -> None:
    sent, topic = from_example(Accept.type)
    key, good, headers = to_record(sent)
    with pytest.raises(Unreadable, match="bad_json"):
        from_record(Foreign(key, value + good[1:], headers), topic=topic)


def test_kafka_refuses_text_after_the_value() -> None:
    sent, topic = from_example(Accept.type)
    key, good, headers = to_record(sent)
    with pytest.raises(Unreadable, match="bad_json"):
        from_record(Foreign(key, good + b" {}", headers), topic=topic)


def test_schema_and_router_agree_on_whole_numbers() -> None:
    sent, topic = from_example(Accept.type)
    key, value, headers = to_record(sent)
    for written in (b"1.0", b"1e0", b"10E-1"):
        other = value.replace(b'"assignment":1', b'"assignment":' + written)
        assert from_record(Foreign(key, other, headers), topic=topic).data == sent.data
    half = value.replace(b'"assignment":1', b'"assignment":1.5')
    with pytest.raises(Unreadable, match="bad_value"):
        from_record(Foreign(key, half, headers), topic=topic)


@pytest.mark.parametrize("plain", [b'{"text":"a","text":"b"}', b'{"text":"a","x":NaN}'])
def test_what_is_sealed_is_read_as_strictly(plain: bytes) -> None:
    with pytest.raises(ValueError, match="not Note"):
        Note.from_plaintext(plain)
