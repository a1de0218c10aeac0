"""Who comes in: tokens that hold, of this issuer, for us, now; and nobody else."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from prometheus_client import CollectorRegistry

from shared.platform.identity import (
    MAX_REMEMBERED,
    Citizen,
    Guard,
    NotSignedIn,
    Verifier,
    citizen,
    fresh,
    staff,
)
from shared.platform.jwks import Jwks, KeysUnavailable, signing_keys
from shared.platform.keyfiles import to_base64url
from shared.platform.tokens import Person
from shared.platform.web import application

ISSUER = "https://id.example.cn"
NAME = "陈某某"
ID_NUMBER = "44019919900101001X"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)

KEYS: dict[str, tuple[str, Any]] = {
    "ec": ("ES256", ECKey.generate_key("P-256")),
    "ed": ("EdDSA", OKPKey.generate_key("Ed25519")),
    "rsa": ("RS256", RSAKey.generate_key(2048)),
}
LOOSE = jws.JWSRegistry(
    algorithms=["none", "HS256", "ES256", "ES384", "RS256", "PS256", "Ed25519"],
    strict_check_header=False,
)


class Issuer:
    """An issuer in memory that counts how often it is asked, and can be down."""

    def __init__(self) -> None:
        self.now = START
        self.asked = 0
        self.is_down = False
        self.shown: Any = {
            "keys": [{**key.as_dict(private=False), "kid": kid} for kid, (_, key) in KEYS.items()]
        }
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.jwks = Jwks(f"{ISSUER}/jwks.json", self.client, now=self.time)
        self.verifier = Verifier(ISSUER, "mailbox", keys=self.jwks, now=self.time)

    def time(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def _answer(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.is_down:
            raise httpx.ConnectError("down")
        content = self.shown if isinstance(self.shown, bytes) else json.dumps(self.shown).encode()
        return httpx.Response(200, content=content)

    def claims(self, **change: Any) -> dict[str, Any]:
        now = int(self.now.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": "mailbox",
            "sub": "p-1",
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "auth_time": now,
            "name": NAME,
            "id_number": ID_NUMBER,
            "phone_number": "15400000000",
            **change,
        }
        return {name: value for name, value in claims.items() if value is not ...}

    def token(self, kid: str = "ec", *, header: dict[str, Any] | None = None, **change: Any) -> str:
        alg, key = KEYS[kid]
        full = {"typ": "JWT", "kid": kid, "alg": alg, **(header or {})}
        full = {name: value for name, value in full.items() if value is not ...}
        return signed(full, json.dumps(self.claims(**change)).encode(), key)


def signed(header: dict[str, Any], content: bytes, key: Any) -> str:
    """A token with any header, signed as the header's `alg` says."""
    if header.get("alg") == "EdDSA":
        protected = to_base64url(json.dumps(header).encode())
        signing_input = f"{protected}.{to_base64url(content)}"
        signature = key.private_key.sign(signing_input.encode())
        return f"{signing_input}.{to_base64url(signature)}"
    return jws.serialize_compact(header, content, key, registry=LOOSE)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


async def refused(issuer: Issuer, token: str) -> None:
    with pytest.raises(NotSignedIn) as refusal:
        await issuer.verifier.check(token)
    assert NAME not in f"{refusal.value!r} {refusal.value.__cause__!r}"


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
        await refused(issuer, signed({"alg": "HS256", "kid": kid}, content, pem))


async def test_other_algorithms_of_the_same_key_are_refused(issuer: Issuer) -> None:
    content = json.dumps(issuer.claims()).encode()
    await refused(issuer, signed({"alg": "PS256", "kid": "rsa"}, content, KEYS["rsa"][1]))
    await refused(issuer, signed({"alg": "Ed25519", "kid": "ed"}, content, KEYS["ed"][1]))


async def test_another_issuers_key_of_the_same_id_is_refused(issuer: Issuer) -> None:
    stranger = ECKey.generate_key("P-256")
    content = json.dumps(issuer.claims()).encode()
    await refused(issuer, signed({"alg": "ES256", "kid": "ec"}, content, stranger))


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
    await refused(issuer, signed({"alg": "ES256", "kid": "ec"}, content, KEYS["ec"][1]))


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
    token = signed({"alg": "ES256", "kid": "new"}, json.dumps(issuer.claims()).encode(), new)
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
    assert await issuer.verifier.check(issuer.token())
    issuer.is_down, issuer.shown = False, shown
    issuer.later(hours=3)
    assert await issuer.verifier.check(issuer.token("rsa"))
    assert issuer.asked == 3


async def test_without_any_keys_nobody_is_let_in_and_it_is_said(issuer: Issuer) -> None:
    issuer.is_down = True
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            await issuer.verifier.check(issuer.token())
    assert issuer.asked == 1
    issuer.is_down = False
    issuer.later(seconds=10)
    assert await issuer.verifier.check(issuer.token())


async def test_after_the_clock_was_set_back_the_issuer_is_asked_again(issuer: Issuer) -> None:
    await issuer.verifier.check(issuer.token())
    issuer.later(hours=-1)
    assert await issuer.verifier.check(issuer.token())
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
        {**RSAKey.generate_key(1024).as_dict(private=False), "kid": "short"},
        "ec",
    ],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_keys_that_sign_no_tokens_are_left_out(entry: Any) -> None:
    assert list(signing_keys({"keys": [entry, shown("ed")]})) == ["ed"]


def test_a_set_that_names_a_key_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        signing_keys({"keys": [shown("ec"), shown("rsa", kid="ec")]})


def test_roles_let_in_what_is_below_them() -> None:
    chief = Person("p", roles=frozenset({"bureau:foshan:chief"}))
    assert chief.has_role("triage", "bureau")
    assert chief.has_role("bureau:foshan")
    assert not chief.has_role("bureau:fo", "chief", "bureau:foshan:chief:deputy")
    assert chief.bureaus == {"foshan"}
    assert Person("p", roles=frozenset({"bureau", "triage"})).bureaus == frozenset()


def test_a_guard_must_say_whom_it_lets_in() -> None:
    for roles in ((), ("",)):
        with pytest.raises(ValueError, match="roles"):
            staff(*roles)


def face(issuer: Issuer) -> FastAPI:
    async def ready() -> dict[str, bool]:
        return {}

    app = application("test", verifier=issuer.verifier, ready=ready, registry=CollectorRegistry())

    @app.get("/mine")
    async def mine(person: Citizen) -> str:
        return person.sub

    @app.get("/desk")
    async def desk(person: Annotated[Person, Depends(staff("triage", "editor"))]) -> str:
        return person.sub

    @app.post("/sign")
    async def sign(person: Annotated[Person, Depends(fresh(staff("editor")))]) -> str:
        return person.sub

    return app


Ask = Callable[..., Any]


@pytest.fixture
def ask(issuer: Issuer) -> Ask:
    async def asked(path: str, token: str | None = None, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(face(issuer))
        given = {**headers, **({"authorization": f"Bearer {token}"} if token else {})}
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            method = "POST" if path == "/sign" else "GET"
            return await client.request(method, path, headers=given)

    return asked


async def test_citizens_come_in_where_citizens_may(issuer: Issuer, ask: Ask) -> None:
    assert (await ask("/mine", issuer.token())).json() == "p-1"
    assert (await ask("/desk", issuer.token())).status_code == 403
    assert (await ask("/mine", issuer.token(roles=["triage"]))).status_code == 403
    assert (await ask("/mine", issuer.token(id_number=...))).status_code == 403


async def test_staff_come_in_with_one_of_the_roles(issuer: Issuer, ask: Ask) -> None:
    assert (await ask("/desk", issuer.token(roles=["editor"]))).status_code == 200
    refusal = await ask("/desk", issuer.token(roles=["auditor", "editors", "edit"]))
    assert (refusal.status_code, refusal.json()["code"]) == (403, "not_allowed")


async def test_without_a_token_the_answer_says_how_to_come_in(ask: Ask) -> None:
    refusal = await ask("/mine")
    assert (refusal.status_code, refusal.json()["code"]) == (401, "not_signed_in")
    assert refusal.headers["www-authenticate"] == 'Bearer realm="mailbox"'


@pytest.mark.parametrize("given", ["Basic c2VlZGVk", "Bearer", "Bearer  ", "seeded-secret"])
async def test_other_credentials_are_refused_and_not_repeated(ask: Ask, given: str) -> None:
    refusal = await ask("/mine", authorization=given)
    assert refusal.status_code == 401
    assert refusal.headers["www-authenticate"] == 'Bearer realm="mailbox", error="invalid_token"'
    assert "seeded" not in f"{refusal.text} {refusal.headers}"
    assert "c2VlZGVk" not in f"{refusal.text} {refusal.headers}"


async def test_two_credentials_are_none(issuer: Issuer) -> None:
    pair = [("authorization", f"Bearer {issuer.token()}")] * 2
    transport = httpx.ASGITransport(face(issuer))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/mine", headers=pair)).status_code == 401


@pytest.mark.parametrize(
    ("age_s", "status"), [(0, 200), (300, 200), (301, 401), (-29, 200), (-31, 401), (None, 401)]
)
async def test_what_cannot_be_undone_needs_a_fresh_sign_in(
    issuer: Issuer, ask: Ask, age_s: int | None, status: int
) -> None:
    signed_in = ... if age_s is None else int(issuer.now.timestamp()) - age_s
    answer = await ask("/sign", issuer.token(roles=["editor"], auth_time=signed_in))
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["code"] == "sign_in_again"
        assert 'error="insufficient_user_authentication"' in answer.headers["www-authenticate"]
        assert 'max_age="300"' in answer.headers["www-authenticate"]


async def test_freshness_is_asked_only_of_those_who_may(issuer: Issuer, ask: Ask) -> None:
    old = int(issuer.now.timestamp()) - 3_600
    assert (await ask("/sign", issuer.token(auth_time=old))).status_code == 403
    assert (await ask("/desk", issuer.token(roles=["editor"], auth_time=old))).status_code == 200


async def test_while_there_are_no_keys_the_answer_is_come_back_later(
    issuer: Issuer, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    issuer.is_down = True
    with caplog.at_level(logging.WARNING):
        answer = await ask("/mine", issuer.token())
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.headers["retry-after"] == "5"
    assert caplog.messages == ["issuer's keys not fetched"]


def test_guards_are_not_changed_by_making_them_stricter() -> None:
    guard = citizen()
    assert isinstance(fresh(guard), Guard)
    assert fresh(guard).needs_fresh_sign_in
    assert not guard.needs_fresh_sign_in
