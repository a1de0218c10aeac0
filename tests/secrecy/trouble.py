"""Unusable input: invalid requests and records full of secrets."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.local.fakes.openid import ALGORITHM
from deploy.local.stack.plan import AUDIENCE
from shared.contracts.actions_v1 import Accept
from shared.contracts.submitted_v1 import WithdrawalRequested
from shared.contracts.topics import PROGRESS, RESENDS, SUBMITTED, actions_of
from shared.kernel.letter_number import new_letter_number
from shared.platform.http.request_guard import MAX_BODY
from shared.platform.kafka.bus import Headers, Outbound
from tests.secrecy.hearing import Ears
from tests.secrecy.seeds import ASKED, BY_BUREAU, BY_US, COMPLAINT, FORGER, REQUEST, STAFF

OUR_FACES = ("intake", "router", "notifier", "publisher")
EVERY_FACE = (*OUR_FACES, "issuer", "bureaus")
AT = "2026-11-24T10:00:00Z"
ACTIONS = actions_of("guangzhou").name
REFUSALS = {400, 401, 404, 405, 409, 413, 415, 422}

Asked = tuple[str, str, dict[str, Any]]
"""Method, path, and further arguments of httpx."""


async def bad_requests(ears: Ears, number: str) -> None:
    """Send every invalid request to every interface; each refuses, or ignores the addition."""
    asked = [
        (face, who, wrong)
        for face in OUR_FACES
        for who in (WHO_ASKS[face], None)
        for wrong in _wrong(number)
    ]
    asked += [("intake", WHO_ASKS["intake"], wrong) for wrong in _wrong_letters(number)]
    answers = await asyncio.gather(
        *(
            ears.ask(method, face, path, who=who, **more)
            for face, who, (method, path, more) in asked
        )
    )
    statuses = {answer.status_code for answer in answers}
    assert statuses <= REFUSALS | {200}, statuses
    for face in EVERY_FACE:
        for line in _lines():
            assert await ears.line(face, line) is not None


def forged() -> str:
    """A token that is valid except for its signature."""
    claims = {"iss": "development-only", "aud": AUDIENCE, **FORGER.claims(), "exp": 4_000_000_000}
    key = ECKey.generate_key("P-256", {"kid": "citizens-issuer"}, private=True)
    return jwt.encode(
        {"alg": ALGORITHM, "kid": "citizens-issuer"}, claims, key, algorithms=[ALGORITHM]
    )


def rubbish_of_a_bureau(number: str) -> Iterator[Outbound]:
    """Actions of a bureau that are unreadable or not allowed. `number`: a letter that it holds."""
    seeds, kind = BY_BUREAU, Accept.type
    right, unknown = _action(uuid4()), f"gd.mailbox.action.{seeds['type']}.v1"
    yield from _rubbish(ACTIONS, seeds, number=number, kind=kind)
    for key in (number, seeds["phone"], seeds["key"]):
        name = uuid4()
        yield Outbound(ACTIONS, key.encode(), _action(name), _headers(key, str(name), kind))
        yield Outbound(ACTIONS, key.encode(), right, _headers(key, seeds["id"], unknown))
        more = (*_headers(key, str(name), kind), *_more(seeds))
        yield Outbound(ACTIONS, key.encode(), _action(name, seeds["value"]), more)


def rubbish_of_ours(number: str) -> Iterator[Outbound]:
    """Records on our own topics as a faulty version of ours might write. `number`: a new one."""
    seeds, kind = BY_US, WithdrawalRequested.type
    unknown = f"gd.mailbox.letter.{seeds['type']}.v1"
    for topic in (SUBMITTED.name, PROGRESS.name, RESENDS.name):
        yield from _rubbish(topic, seeds, number=number, kind=kind)
        yield from _rubbish(topic, seeds, number=new_number(), kind=unknown)


def new_number() -> str:
    """A letter number that nobody has."""
    return new_letter_number(uuid4().bytes[:10])


def _rubbish(topic: str, seeds: Mapping[str, str], *, number: str, kind: str) -> Iterator[Outbound]:
    """Unreadable everywhere: broken content, headers and keys."""
    first, value = f"{topic}/{number}/1", json.dumps({seeds["field"]: seeds["value"]}).encode()
    headers = (*_headers(number, first, kind), ("ce_sequence", b"1"), *_more(seeds))
    yield Outbound(topic, number.encode(), value, headers)
    yield Outbound(topic, number.encode(), f'{{"{seeds["value"]}'.encode(), headers)
    wrong = (*_headers(number, seeds["id"], kind, source=seeds["source"]), *_more(seeds))
    yield Outbound(topic, number.encode(), value, wrong)
    for key in (seeds["key"], seeds["phone"], seeds["header"]):
        yield Outbound(topic, key.encode(), value, _headers(key, seeds["id"], kind))


def _more(seeds: Mapping[str, str]) -> Headers:
    """Unexpected headers, and a trace header that is used."""
    return (
        (seeds["name"], b"1"),
        ("x-more", seeds["header"].encode()),
        ("ce_cause", seeds["cause"].encode()),
    )


def _headers(subject: str, name: str, kind: str, *, source: str = "/bureaus/guangzhou") -> Headers:
    attributes = {
        "specversion": "1.0",
        "id": name,
        "source": source,
        "type": kind,
        "subject": subject,
        "time": AT,
    }
    return tuple((f"ce_{name}", value.encode()) for name, value in attributes.items())


def _action(name: UUID, more: str = "") -> bytes:
    """An acceptance that is valid except for its text."""
    said = {"action_id": str(name), "assignment": 77, "made_at": AT, "staff": "clerk-5"}
    return json.dumps(said | ({"remark": more} if more else {})).encode()


def _wrong(number: str) -> Iterator[Asked]:
    """Invalid at every interface."""
    junk, letter = {"x-note": ASKED["header"], "cookie": f"seen={ASKED['cookie']}"}, {"a": 1}
    path = quote(ASKED["path"])
    yield "GET", f"/v1/letters/{path}", {"headers": junk}
    yield "GET", f"/{path}/{ASKED['token']}", {"headers": junk}
    yield "GET", f"/v1/letters/{number}", {"headers": {"authorization": f"Bearer {forged()}"}}
    yield "GET", f"/v1/letters/{number}", {"headers": {"authorization": ASKED["token"]}}
    for listing in ("/v1/letters", "/v1/triage", "/v1/drafts", "/v1/clocks", "/"):
        yield "GET", listing, {"params": {"after": ASKED["query"], ASKED["query"]: "1"}}
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        yield method, f"/v1/letters/{path}", {"headers": junk, "json": letter}
    yield "POST", f"/v1/drafts/{path}/approval", {"json": {ASKED["field"]: ASKED["value"]}}
    yield "POST", f"/v1/letters/{number}/route", {"json": {"bureau": ASKED["value"]}}


def _wrong_letters(number: str) -> Iterator[Asked]:
    """Invalid as letters and as requests about one."""
    right = REQUEST.letter()
    bad_key = {"idempotency-key": quote(ASKED["key"])}
    good_key = {"idempotency-key": "key-of-nothing"}
    for wrong in (
        {**right, ASKED["field"]: ASKED["value"]},
        {**right, "category": ASKED["value"]},
        {**right, "place": {"city": ASKED["value"], ASKED["field"]: 1}},
        {**right, "contact": {"phone": ASKED["value"], "email": ASKED["value"]}},
        {ASKED["field"]: [right]},
        {**right, "body": ASKED["large"] * 1_000},
    ):
        yield "POST", "/v1/letters", {"headers": good_key, "json": wrong}
    yield "POST", "/v1/letters", {"headers": bad_key, "json": right}
    broken = f'{{"subject": "{ASKED["broken"]}", "body": '.encode()
    typed = {**good_key, "content-type": "application/json"}
    yield "POST", "/v1/letters", {"headers": typed, "content": broken}
    yield "POST", "/v1/letters", {"headers": good_key, "content": broken}
    large = ASKED["large"].encode() * (MAX_BODY // 20)
    yield "POST", "/v1/letters", {"headers": typed, "content": large}
    rating = {"solved": ASKED["value"], "score": ASKED["field"], ASKED["field"]: 1}
    yield "POST", f"/v1/letters/{number}/rating", {"headers": good_key, "json": rating}


def _lines() -> Iterator[bytes]:
    """Bytes that are not quite HTTP."""
    said, han = ASKED["line"].encode(), ASKED["value"].encode()
    yield said + b" / HTTP/1.1\r\n\r\n"
    yield b"GET /" + han + b" HTTP/1.1\r\nhost: " + said + b"\r\nconnection: close\r\n\r\n"
    yield b"GET / HTTP/9.9\r\n" + said + b"\r\n\r\n"
    yield b"POST /v1/letters HTTP/1.1\r\ncontent-length: " + said + b"\r\n\r\n"
    yield han


WHO_ASKS = {
    "intake": ("complaint", COMPLAINT.writer),
    **{
        face: (role, STAFF[role])
        for face, role in (
            ("router", "triage"),
            ("notifier", "supervisor"),
            ("publisher", "proposer"),
        )
    },
}
"""For each interface a person with access."""
