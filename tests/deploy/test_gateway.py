"""The gateway keeps each message once, through repeats, races and crashes, and masks numbers."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from deploy.local.fakes.gateway import OtherMessage, Outbox, SentMessage, build, lock_of, masked
from deploy.local.stack.keys import GATEWAY_SECRET, GATEWAY_TOKEN, make
from services.notifier.jobs.gateway_client import GatewayAuth
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.rotating_secret import RotatingSecret

PHONE = "15400010001"
MESSAGE = {"to": PHONE, "channel": "sms", "text": "来信已收到。"}
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def outbox(path: Path) -> Outbox:
    return Outbox(path, now=lambda: NOW)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gateway.jsonl"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make(folder)
    return folder


def auth_of(keys: Path, *, late: timedelta = timedelta()) -> GatewayAuth:
    """The notifier's own proof; `late`: by how much its clock is slow."""
    return GatewayAuth(
        token=RotatingSecret(keys / GATEWAY_TOKEN, at_least=16),
        secret=RotatingSecret(keys / GATEWAY_SECRET, at_least=32),
        now=lambda: utc_now() - late,
    )


@pytest.fixture
async def client(path: Path, keys: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=build(outbox(path), lock_of(keys)))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8091", auth=auth_of(keys)
    ) as client:
        yield client


class Meddling(httpx.Auth):
    """Changes a request after it was signed."""

    requires_request_body = True

    def __init__(self, signing: GatewayAuth, **headers: str) -> None:
        self._signing = signing
        self._headers = headers

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        for signed in self._signing.auth_flow(request):
            for name, value in self._headers.items():
                signed.headers[name.replace("_", "-")] = value
            yield signed


async def refusal(client: httpx.AsyncClient, auth: httpx.Auth) -> str:
    """Why the gateway takes no message with that proof; nothing was kept."""
    headers = {"Idempotency-Key": "k-1"}
    answer = await client.post("/messages", json=MESSAGE, headers=headers, auth=auth)
    assert answer.status_code == 401
    assert (await client.get("/messages")).json() == []
    assert PHONE not in answer.text
    title: str = answer.json()["title"]
    return title


async def test_who_brings_no_token_or_another_is_refused(
    client: httpx.AsyncClient, keys: Path
) -> None:
    assert "token" in await refusal(client, httpx.Auth())
    assert "token" in await refusal(client, Meddling(auth_of(keys), Authorization="Bearer other"))


@pytest.mark.parametrize(
    "changed",
    [
        {"X_Mailbox_Signature": "v1=" + "0" * 64},
        {"X_Mailbox_Signature": ""},
        {"X_Mailbox_Timestamp": "1796090400"},
        {"Idempotency_Key": "k-2"},
    ],
)
async def test_a_wrong_signature_is_refused(
    client: httpx.AsyncClient, keys: Path, changed: dict[str, str]
) -> None:
    assert "signature" in await refusal(client, Meddling(auth_of(keys), **changed))


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_clock_that_is_wrong_by_over_five_minutes_is_refused(
    client: httpx.AsyncClient, keys: Path, minutes: int
) -> None:
    late = timedelta(minutes=minutes)
    assert "five minutes" in await refusal(client, auth_of(keys, late=late))


async def test_a_clock_that_is_wrong_by_four_minutes_is_tolerated(
    client: httpx.AsyncClient, keys: Path
) -> None:
    for minutes in (-4, 4):
        auth = auth_of(keys, late=timedelta(minutes=minutes))
        headers = {"Idempotency-Key": f"k-{minutes}"}
        answer = await client.post("/messages", json=MESSAGE, headers=headers, auth=auth)
        assert answer.status_code == 201


async def test_both_secrets_can_be_changed_while_all_run(
    client: httpx.AsyncClient, keys: Path
) -> None:
    auth = auth_of(keys)
    for number, name in enumerate((GATEWAY_TOKEN, GATEWAY_SECRET)):
        (keys / name).write_text(f"another-one-of-{name}-with-letters-enough")
        headers = {"Idempotency-Key": f"k-{number}"}
        answer = await client.post("/messages", json=MESSAGE, headers=headers, auth=auth)
        assert answer.status_code == 201


async def test_the_same_request_twice_sends_once(client: httpx.AsyncClient, path: Path) -> None:
    first = await client.post("/messages", json=MESSAGE, headers={"Idempotency-Key": "k-1"})
    again = await client.post("/messages", json=MESSAGE, headers={"Idempotency-Key": '"k-1"'})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(lines(path)) == 1
    assert len((await client.get("/messages")).json()) == 1


async def test_racing_requests_send_once(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(
            client.post("/messages", json=MESSAGE, headers={"Idempotency-Key": "k-1"})
            for _ in range(20)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len((await client.get("/messages")).json()) == 1


async def test_one_key_is_for_one_message(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k-1"}
    await client.post("/messages", json=MESSAGE, headers=headers)
    other = await client.post("/messages", json=MESSAGE | {"text": "另一条"}, headers=headers)
    assert other.status_code == 422
    assert len((await client.get("/messages")).json()) == 1


async def test_a_message_without_a_key_is_refused_and_not_echoed(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/messages", json=MESSAGE | {"channel": 7})
    assert answer.status_code == 422
    assert {tuple(error["loc"]) for error in answer.json()["errors"]} == {
        ("body", "channel"),
        ("header", "Idempotency-Key"),
    }
    assert PHONE not in answer.text
    assert MESSAGE["text"] not in answer.text


async def test_the_page_shows_what_would_arrive_with_a_masked_number(
    client: httpx.AsyncClient, path: Path
) -> None:
    assert "还没有消息" in (await client.get("/")).text
    hostile = MESSAGE | {"text": "<script>alert(1)</script>"}
    await client.post("/messages", json=hostile, headers={"Idempotency-Key": "k-1"})
    page = (await client.get("/")).text
    assert "154****0001" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert PHONE not in page + "".join(lines(path))
    assert "2026-03-02 16:00:00</time>" in page  # NOW, in Guangdong


def test_a_restart_forgets_nothing_and_repeats_nothing(path: Path) -> None:
    message = SentMessage(**MESSAGE)
    kept, _ = outbox(path).keep("k-1", message)
    again = outbox(path)
    assert again.keep("k-1", message) == (kept, False)
    with pytest.raises(OtherMessage):
        again.keep("k-1", SentMessage(**MESSAGE | {"to": "15400010002"}))


def test_a_line_that_a_crash_cut_short_was_never_sent(path: Path) -> None:
    outbox(path).keep("k-1", SentMessage(**MESSAGE))
    outbox(path).keep("k-2", SentMessage(**MESSAGE))
    path.write_bytes(path.read_bytes()[:-9])
    again = outbox(path)
    assert [kept.key for kept in again.newest(9)] == ["k-1"]
    assert again.keep("k-2", SentMessage(**MESSAGE))[1]
    assert [json.loads(line)["key"] for line in lines(path)] == ["k-1", "k-2"]


def test_messages_are_for_their_owners_eyes(path: Path) -> None:
    kept, _ = outbox(path).keep("k-1", SentMessage(**MESSAGE))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MESSAGE["text"] not in repr(kept) + repr(SentMessage(**MESSAGE))


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        (PHONE, "154****0001"),
        ("+86" + PHONE, "154****0001"),
        ("someone@example.com", "s***@example.com"),
        ("oABC", "oA***"),
    ],
)
def test_a_masked_address_keeps_only_its_ends(to: str, shown: str) -> None:
    assert masked(to) == shown
