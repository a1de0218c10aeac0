"""Tokens hold when they are of this issuer, for us, and of now; and no others."""

import json
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey

from shared.platform.crypto.key_files import to_base64url
from shared.platform.http.identity import (
    MAX_REMEMBERED,
)
from shared.platform.http.tokens import Person
from tests.shared.platform.issuing import (
    ID_NUMBER,
    KEYS,
    NAME,
    START,
    Issuer,
    refused,
    signed,
)

_HOUR = 3_600
_FAR_AHEAD = int(START.timestamp()) + 10_000 * _HOUR
"""An `exp` that is too late: 12 hours after the token was issued."""


@pytest.mark.parametrize("kid", KEYS)
async def test_a_token_of_each_algorithm_holds(issuer: Issuer, kid: str) -> None:
    person = await issuer.verifier.check(issuer.token(kid, roles=["triage"]))
    assert person == Person(
        "p-1", NAME, ID_NUMBER, "15400000000", frozenset({"triage"}), issuer.now
    )


async def test_a_usual_jwt_library_makes_tokens_that_hold(issuer: Issuer) -> None:
    token = jwt.encode({"alg": "ES256", "kid": "ec"}, issuer.claims(), KEYS["ec"][1])
    assert (await issuer.verifier.check(token)).sub == "p-1"


async def test_a_person_shows_nothing(issuer: Issuer) -> None:
    person = await issuer.verifier.check(issuer.token())
    assert f"{person!r} {person}" == "Person() Person()"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://id.example.com"},
        {"iss": ...},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": {"mailbox": 1}},
        {"aud": ...},
        {"exp": ...},
        {"exp": "2099-01-01"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"exp": int(START.timestamp()) - 31},
        {"exp": _FAR_AHEAD, "iat": int(START.timestamp()) - _HOUR * 12 - 31},
        {"exp": int(START.timestamp()) + _HOUR * 12 + 31, "iat": ..., "nbf": ...},
        {"nbf": int(START.timestamp()) + 31},
        {"nbf": "now"},
        {"iat": int(START.timestamp()) + 31},
        {"auth_time": "now"},
        {"auth_time": -(10**20)},
        {"sub": ...},
        {"sub": ""},
        {"sub": 7},
        {"name": ["陈"]},
        {"name": "陈" * 301},
        {"roles": "triage"},
        {"roles": [7]},
        {"roles": [""]},
        {"roles": ["x"] * 51},
    ],
)
async def test_claims_that_do_not_hold_are_refused(issuer: Issuer, change: dict[str, Any]) -> None:
    await refused(issuer, issuer.token(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": ["other", "mailbox"]},
        {"exp": int(START.timestamp()) - 29},
        {"nbf": int(START.timestamp()) + 29},
        {"iat": int(START.timestamp()) + 29},
        {"nbf": ..., "iat": ...},
        {"exp": _FAR_AHEAD, "iat": int(START.timestamp()) - _HOUR * 12 + 30},
        {"name": ..., "id_number": ..., "phone_number": ..., "auth_time": ...},
        {"anything": {"else": [1]}},
    ],
)
async def test_claims_within_the_leeway_or_left_out_hold(
    issuer: Issuer, change: dict[str, Any]
) -> None:
    assert (await issuer.verifier.check(issuer.token(**change))).sub == "p-1"


@pytest.mark.parametrize(
    "header",
    [
        {"kid": ...},
        {"kid": 7},
        {"kid": "ed"},
        {"kid": "rsa"},
        {"kid": "unknown"},
        {"kid": "../ec"},
        {"typ": "logout+jwt"},
        {"typ": 7},
        {"crit": ["exp"], "exp": 1},
        {"jku": "https://attacker.example/jwks.json"},
        {"jwk": KEYS["ec"][1].as_dict(private=False)},
        {"x5u": "https://attacker.example"},
        {"cty": "JWT"},
    ],
)
async def test_headers_that_ask_for_something_else_are_refused(
    issuer: Issuer, header: dict[str, Any]
) -> None:
    await refused(issuer, issuer.token(header=header))


async def test_no_signature_is_no_token(issuer: Issuer) -> None:
    claims = to_base64url(json.dumps(issuer.claims()).encode())
    for alg in ("none", "None", "NONE", ""):
        header = to_base64url(json.dumps({"alg": alg, "kid": "ec"}).encode())
        await refused(issuer, f"{header}.{claims}.")
    protected = to_base64url(json.dumps({"alg": "ES256", "kid": "ec"}).encode())
    await refused(issuer, f"{protected}.{claims}.")
    await refused(issuer, f"{protected}.{claims}.{to_base64url(bytes(64))}")


async def test_a_public_key_is_no_shared_secret(issuer: Issuer) -> None:
    content = json.dumps(issuer.claims()).encode()
    for kid, (_, key) in KEYS.items():
        pem = OctKey.import_key(to_base64url(key.as_pem(private=False)))
        await refused(issuer, signed({"alg": "HS256", "kid": kid}, content, key=pem))


async def test_other_algorithms_of_the_same_key_are_refused(issuer: Issuer) -> None:
    content = json.dumps(issuer.claims()).encode()
    await refused(issuer, signed({"alg": "PS256", "kid": "rsa"}, content, key=KEYS["rsa"][1]))
    await refused(issuer, signed({"alg": "Ed25519", "kid": "ed"}, content, key=KEYS["ed"][1]))


async def test_another_issuers_key_of_the_same_id_is_refused(issuer: Issuer) -> None:
    stranger = ECKey.generate_key("P-256")
    content = json.dumps(issuer.claims()).encode()
    await refused(issuer, signed({"alg": "ES256", "kid": "ec"}, content, key=stranger))


async def test_any_changed_part_is_refused(issuer: Issuer) -> None:
    token = issuer.token()
    _, _, signature = token.split(".")
    other = issuer.token(sub="p-2").rpartition(".")[0]
    await refused(issuer, f"{other}.{signature}")
    for at in range(0, len(token), 7):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        await refused(issuer, changed)


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "W10.W10.W10", "机.密.文", "\ud800.a.b", "x" * 100_000, "....."],
)
async def test_what_is_no_token_is_refused(issuer: Issuer, token: str) -> None:
    await refused(issuer, token)


async def test_too_long_a_token_is_refused_although_it_is_signed(issuer: Issuer) -> None:
    await refused(issuer, issuer.token(padding="x" * 8_192))


@pytest.mark.parametrize("content", [b"[]", b"null", b"[" * 3_000, b"\xff", b"", b'"x"'])
async def test_content_that_is_no_object_is_refused(issuer: Issuer, content: bytes) -> None:
    await refused(issuer, signed({"alg": "ES256", "kid": "ec"}, content, key=KEYS["ec"][1]))


async def test_a_checked_token_is_not_checked_again_until_it_expires(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = issuer.token()
    first = await issuer.verifier.check(token)
    with monkeypatch.context() as patched:
        patched.setattr(jws, "deserialize_compact", None)
        issuer.later(seconds=299)
        assert await issuer.verifier.check(token) is first
    issuer.later(seconds=31)
    await refused(issuer, token)
    assert not issuer.verifier._known


async def test_what_is_remembered_is_bounded(issuer: Issuer) -> None:
    token = issuer.token()
    person = await issuer.verifier.check(token)
    for number in range(MAX_REMEMBERED):
        issuer.verifier._remember(str(number).encode(), person, until=issuer.now.timestamp() + 9)
    assert len(issuer.verifier._known) == MAX_REMEMBERED
    assert await issuer.verifier.check(token) is not person
