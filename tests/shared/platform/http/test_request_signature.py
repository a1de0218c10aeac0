"""A signature proves sender and time of a request, and the documented example is right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.platform.http.request_signature import (
    SIGNATURE,
    TIMESTAMP,
    SignedRequest,
    is_signed,
    signature_headers,
)

SECRET = "an-example-secret-of-forty-characters-00"
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
BODY = '{"to":"15400010001","channel":"sms","text":"来信已答复。"}'
REQUEST = SignedRequest("POST", "/messages", "GD-1/letters.progress/GD-1/5", BODY.encode())
GUIDE = Path(__file__).parents[4] / "docs" / "gateway.md"


def accepted(
    request: SignedRequest = REQUEST,
    secret: str = SECRET,
    *,
    later: timedelta = timedelta(),
    **headers: str,
) -> bool:
    """Whether a gateway accepts `request` that much later, with headers made for it."""
    made = signature_headers(REQUEST, SECRET, now=NOW)
    given = {"timestamp": made[TIMESTAMP], "signature": made[SIGNATURE]} | headers
    return is_signed(request, secret, now=NOW + later, **given)


def test_what_was_signed_is_accepted() -> None:
    assert accepted()


@pytest.mark.parametrize(
    "other",
    [
        {"method": "PUT"},
        {"path": "/messages?to=1"},
        {"key": "GD-1/letters.progress/GD-1/6"},
        {"body": BODY.encode().replace(b"0001", b"0002")},
        {"key": f"{REQUEST.key}\n{{", "body": REQUEST.body[1:]},
    ],
)
def test_anything_changed_is_refused(other: dict[str, Any]) -> None:
    assert not accepted(replace(REQUEST, **other))


def test_another_secret_is_refused() -> None:
    assert not accepted(secret=f"{SECRET[:-1]}1")


@pytest.mark.parametrize(
    ("seconds", "is_accepted"), [(300, True), (-300, True), (301, False), (-301, False)]
)
def test_five_minutes_are_tolerated_in_both_directions(seconds: int, *, is_accepted: bool) -> None:
    assert accepted(later=timedelta(seconds=seconds)) is is_accepted


@pytest.mark.parametrize("signature", ["", "v1=", "v1=00", "v0=" + "0" * 64, "é"])
def test_another_signature_is_refused(signature: str) -> None:
    assert not accepted(signature=signature)


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", "1.5", "٣", "9" * 40])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    assert not accepted(timestamp=timestamp)


def test_a_newer_time_does_not_make_an_old_signature_good() -> None:
    assert not accepted(timestamp=str(int(NOW.timestamp()) + 1))


def test_the_example_of_the_guide_holds() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    headers = signature_headers(REQUEST, SECRET, now=NOW)
    assert SECRET in guide
    assert BODY in guide
    assert f"Idempotency-Key: {REQUEST.key}" in guide
    for name, value in headers.items():
        assert f"\n{name}: {value}\n" in guide
