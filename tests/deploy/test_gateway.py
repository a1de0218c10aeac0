"""Is each message kept once, through repeats, races and crashes, and shown without its number?"""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from deploy.local.fakes.gateway import Message, OtherMessage, Outbox, build, masked

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


@pytest.fixture
async def client(path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=build(outbox(path)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8091") as client:
        yield client


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


def test_a_restart_forgets_nothing_and_repeats_nothing(path: Path) -> None:
    message = Message(**MESSAGE)
    kept, _ = outbox(path).keep("k-1", message)
    again = outbox(path)
    assert again.keep("k-1", message) == (kept, False)
    with pytest.raises(OtherMessage):
        again.keep("k-1", Message(**MESSAGE | {"to": "15400010002"}))


def test_a_line_that_a_crash_cut_short_was_never_sent(path: Path) -> None:
    outbox(path).keep("k-1", Message(**MESSAGE))
    outbox(path).keep("k-2", Message(**MESSAGE))
    path.write_bytes(path.read_bytes()[:-9])
    again = outbox(path)
    assert [kept.key for kept in again.newest(9)] == ["k-1"]
    assert again.keep("k-2", Message(**MESSAGE))[1]
    assert [json.loads(line)["key"] for line in lines(path)] == ["k-1", "k-2"]


def test_messages_are_for_their_owners_eyes(path: Path) -> None:
    kept, _ = outbox(path).keep("k-1", Message(**MESSAGE))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MESSAGE["text"] not in repr(kept) + repr(Message(**MESSAGE))


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
