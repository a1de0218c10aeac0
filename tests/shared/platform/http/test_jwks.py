"""The issuer's keys are asked for in time, seldom, and stay when it is away."""

import asyncio
import json
from typing import Any

import pytest
from joserfc.jwk import ECKey

from shared.platform.crypto.key_files import to_base64url
from shared.platform.crypto.key_metrics import ISSUER_FAILURES
from shared.platform.http.jwks import KeysUnavailable, signing_keys
from tests.shared.platform.issuing import (
    KEYS,
    START,
    Issuer,
    refused,
    signed,
)


async def test_a_key_taken_back_no_longer_counts_for_tokens_already_checked(
    issuer: Issuer,
) -> None:
    token = issuer.token(exp=int(START.timestamp()) + 3_600)
    await issuer.verifier.check(token)
    issuer.shown = {"keys": [key for key in issuer.shown["keys"] if key["kid"] != "ec"]}
    await issuer.verifier.check(token)
    issuer.later(minutes=5)
    await refused(issuer, token)


async def test_an_unknown_key_is_asked_for_at_most_every_ten_seconds(issuer: Issuer) -> None:
    await issuer.verifier.check(issuer.token())
    assert issuer.asked == 1
    new = ECKey.generate_key("P-256")
    token = signed({"alg": "ES256", "kid": "new"}, json.dumps(issuer.claims()).encode(), key=new)
    issuer.shown["keys"].append({**new.as_dict(private=False), "kid": "new"})
    for _ in range(20):
        await refused(issuer, token)
    assert issuer.asked == 1
    issuer.later(seconds=10)
    assert (await issuer.verifier.check(token)).sub == "p-1"
    assert issuer.asked == 2


async def test_many_at_once_ask_once(issuer: Issuer) -> None:
    tokens = [issuer.token(sub=f"p-{number}") for number in range(30)]
    people = await asyncio.gather(*(issuer.verifier.check(token) for token in tokens))
    assert [person.sub for person in people] == [f"p-{number}" for number in range(30)]
    assert issuer.asked == 1


@pytest.mark.parametrize("shown", [b"<html>", b"\xff", b"[" * 100_000, b"[]", b'{"keys": []}'])
async def test_while_the_issuer_is_away_or_astray_the_old_keys_stay(
    issuer: Issuer, shown: bytes
) -> None:
    await issuer.verifier.check(issuer.token())
    issuer.is_down = True
    issuer.later(hours=3)
    assert (await issuer.verifier.check(issuer.token())).sub == "p-1"
    issuer.is_down, issuer.shown = False, shown
    issuer.later(hours=3)
    assert (await issuer.verifier.check(issuer.token("rsa"))).sub == "p-1"
    assert issuer.asked == 3


async def test_without_any_keys_nobody_is_let_in_and_it_is_said(issuer: Issuer) -> None:
    issuer.is_down = True
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            await issuer.verifier.check(issuer.token())
    assert issuer.asked == 1
    issuer.is_down = False
    issuer.later(seconds=10)
    assert (await issuer.verifier.check(issuer.token())).sub == "p-1"


async def test_after_the_clock_was_set_back_the_issuer_is_asked_again(issuer: Issuer) -> None:
    await issuer.verifier.check(issuer.token())
    issuer.later(hours=-1)
    assert (await issuer.verifier.check(issuer.token())).sub == "p-1"
    assert issuer.asked == 2


def shown(kid: str, /, **change: Any) -> dict[str, Any]:
    return {**KEYS[kid][1].as_dict(private=False), "kid": kid, **change}


@pytest.mark.parametrize(
    "entry",
    [
        shown("ec", use="enc"),
        shown("ec", alg="RS256"),
        shown("ec", alg="HS256"),
        shown("ec", kid=""),
        shown("ec", kid=7),
        shown("ec", y="AA"),
        shown("ec", x=7),
        {"kty": "oct", "kid": "o", "k": "c2VlZGVk"},
        {**ECKey.generate_key("P-384").as_dict(private=False), "kid": "p384"},
        {"kty": "RSA", "kid": "short", "e": "AQAB", "n": to_base64url(b"\xff" * 128)},
        "ec",
    ],
)
def test_keys_that_sign_no_tokens_are_left_out(entry: Any) -> None:
    assert list(signing_keys({"keys": [entry, shown("ed")]})) == ["ed"]


def test_a_set_that_names_a_key_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        signing_keys({"keys": [shown("ec"), shown("rsa", kid="ec")]})


async def test_a_key_is_for_its_one_algorithm(issuer: Issuer) -> None:
    assert await issuer.jwks.key("ec", "ES256") is not None
    assert await issuer.jwks.key("ec", "RS256") is None
    assert await issuer.jwks.key("rsa", "EdDSA") is None


async def test_keys_that_could_not_be_refreshed_for_a_day_no_longer_count(issuer: Issuer) -> None:
    await issuer.verifier.check(issuer.token())
    failures = ISSUER_FAILURES._value.get()
    issuer.is_down = True
    issuer.later(hours=23, minutes=59)
    assert (await issuer.verifier.check(issuer.token())).sub == "p-1"
    assert ISSUER_FAILURES._value.get() == failures + 1
    issuer.later(minutes=1)
    with pytest.raises(KeysUnavailable):
        await issuer.verifier.check(issuer.token())
    issuer.is_down = False
    issuer.later(seconds=10)
    assert (await issuer.verifier.check(issuer.token())).sub == "p-1"
