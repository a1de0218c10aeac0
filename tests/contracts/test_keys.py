"""Which key is used for sealing at an instant, and the fingerprint of a key."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64decode
from pydantic import ValidationError

from shared.contracts.keys_v1 import (
    HOLDERS,
    HolderKey,
    KeyChanged,
    PublicJwk,
    is_kid_of,
    newest_valid,
)
from shared.contracts.topics import KEYS, RESENDS, TOPICS
from tests.contracts.strategies import example

START = datetime(2026, 11, 24, tzinfo=UTC)
JWK = PublicJwk(kty="EC", crv="P-256", x="A" * 43, y="B" * 43)

hours = st.integers(min_value=0, max_value=20)
lives = st.lists(st.tuples(hours, st.none() | hours), max_size=8)


def key(name: str, valid_from: int, retired: int | None) -> HolderKey:
    """A key that lives from one hour to another."""
    return HolderKey(
        kid=f"router.{name}",
        jwk=JWK,
        fingerprint=JWK.fingerprint,
        valid_from=at(valid_from),
        retired=None if retired is None else at(retired),
    )


def at(hour: int) -> datetime:
    """That hour."""
    return START + timedelta(hours=hour)


@given(lives, hours)
def test_the_newest_valid_key_is_the_one_that_became_valid_last(
    spans: list[tuple[int, int | None]], hour: int
) -> None:
    keys = [key(str(number), *span) for number, span in enumerate(spans)]
    found = newest_valid(keys, at(hour))
    valid = {
        (start, number)
        for number, (start, end) in enumerate(spans)
        if start <= hour and (end is None or hour < end)
    }
    assert (found.kid if found else None) == (f"router.{max(valid)[1]}" if valid else None)


@given(lives, hours)
def test_what_nobody_may_seal_for_never_counts(
    spans: list[tuple[int, int | None]], hour: int
) -> None:
    keys = [key(str(number), *span) for number, span in enumerate(spans)]
    found = newest_valid(keys, at(hour))
    left = [one for one in keys if one.is_valid(at(hour))]
    assert newest_valid(left, at(hour)) == found
    assert found is None or found in left


@given(lives, hours, hours)
def test_between_two_changes_the_choice_stays(
    spans: list[tuple[int, int | None]], one: int, other: int
) -> None:
    edges = {start for start, _ in spans} | {end for _, end in spans if end is not None}
    low, high = sorted((one, other))
    keys = [key(str(number), *span) for number, span in enumerate(spans)]
    if not any(low < edge <= high for edge in edges):
        assert newest_valid(keys, at(low)) == newest_valid(keys, at(high))


def test_a_fingerprint_is_the_thumbprint_of_rfc_7638() -> None:
    for _ in range(5):
        made = ECKey.generate_key("P-256", {"kid": "router", "use": "enc"})
        public = made.as_dict(private=False)
        jwk = PublicJwk.model_validate({name: str(public[name]) for name in PublicJwk.model_fields})
        assert jwk.fingerprint == urlsafe_b64decode(made.thumbprint().encode()).hex()


def test_a_private_part_is_no_field_of_a_public_key() -> None:
    made = ECKey.generate_key("P-256", private=True).as_dict(private=True)
    jwk = PublicJwk.model_validate(made)
    assert str(made["d"]) not in jwk.model_dump_json()


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "RSA"},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"x": "A" * 42},
        {"x": "A" * 44},
        {"y": "A" * 42 + "="},
        {"y": "+" * 43},
    ],
)
def test_another_curve_or_form_is_no_key(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PublicJwk.model_validate(JWK.model_dump() | change)


@pytest.mark.parametrize("people", [[], ["s-1"], ["s-1", "s-2", "s-3"]])
def test_a_change_names_two_people(people: list[str]) -> None:
    data = example(KeyChanged.type)["data"]
    with pytest.raises(ValidationError):
        KeyChanged.model_validate(data | {"entered_by": people})


def test_kids_are_of_their_holders() -> None:
    assert is_kid_of("router", "router")
    assert is_kid_of("bureau:foshan", "bureau:foshan.2027")
    for kid in ("routers", "router:x", "bureau:foshan-2", "", ".router", "bureau:shenzhen.router"):
        assert not is_kid_of("router", kid)
        assert not is_kid_of("bureau:foshan", kid)


def test_holders_are_all_who_read_the_topic() -> None:
    assert set(HOLDERS) == set(KEYS.readers)
    assert len(HOLDERS) == 26


def test_what_bureaus_read_shows_no_traces() -> None:
    assert not KEYS.is_internal
    assert RESENDS.is_internal
    assert TOPICS.is_internal
