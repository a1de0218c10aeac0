"""Who sends too much is refused until when, whichever replica is asked; an emergency never is."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from limits import parse
from limits.aio.strategies import FixedWindowRateLimiter
from pymongo.errors import AutoReconnect
from typing_extensions import override

from services.intake import metrics
from services.intake.api.client_network import ClientNetworkMiddleware
from services.intake.api.request_limits import LimitStanding, RateLimited, RequestLimiter
from services.intake.store import LimitCounts
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.mongo.database import Document, Operation, WriteResult
from shared.platform.runtime import data_files
from tests.intake.emergencies import PLANTED, STOP
from tests.intake.faces import is_problem
from tests.intake.front import Front, Limiting, body, front
from tests.support.doubles import Clock, Memory
from tests.support.sealed_shell import BLIND as SHELL_BLIND
from tests.support.sealed_shell import running

WINDOW, DAY = parse("3 per 10 minutes"), parse("10 per day")
ADDRESS = "120.80.1.2"
BLIND = BlindIndex(bytes(32))


@asynccontextmanager
async def counting(store: Memory, now: Clock) -> AsyncIterator[LimitCounts]:
    counts = LimitCounts(store, now=now)
    async with running(counts.run()):
        yield counts


def behind_proxies() -> partial[ClientNetworkMiddleware]:
    return partial(ClientNetworkMiddleware, trusted=(ip_network("127.0.0.0/8"),))


def limited(kind: str, scope: str) -> float:
    return float(metrics.LIMITED.labels(kind, scope)._value.get())


async def submitted(desk: Front, times: int) -> httpx.Response:
    """The last answer to so many letters."""
    return [await desk.submit() for _ in range(times)][-1]


async def consented(desk: Front, letter: str, times: int) -> httpx.Response:
    """The last answer to so many requests."""
    path, content = f"/v1/letters/{letter}/consent", {"to_publish": True}
    return [await desk.post(path, content, key=f"key-{n:05}") for n in range(times)][-1]


# --- counts --------------------------------------------------------------------------------------


async def test_the_librarys_strategy_works_over_these_counts() -> None:
    now = Clock()
    async with counting(Memory(), now) as counts:
        windows = FixedWindowRateLimiter(counts)
        assert [await windows.hit(WINDOW, "a") for _ in range(5)] == [True] * 3 + [False] * 2
        assert await windows.hit(WINDOW, "b")
        assert not await windows.test(WINDOW, "a")
        reset, left = await windows.get_window_stats(WINDOW, "b")
        assert (left, reset) == (2, now().timestamp() + counts.seconds_left(600))
        await windows.clear(WINDOW, "a")
        assert await windows.hit(WINDOW, "a")
        now.pass_by(seconds=600)
        assert (await windows.get_window_stats(WINDOW, "b")).remaining == 3


async def test_windows_begin_at_midnight_in_guangdong() -> None:
    now = Clock()
    async with counting(Memory(), now) as counts:
        left = timedelta(seconds=counts.seconds_left(86_400))
    assert (now() + left).strftime("%H:%M:%S") == "16:00:00"


async def test_two_replicas_that_share_a_store_let_in_no_more_than_the_limit() -> None:
    store, now = Memory(), Clock()
    async with counting(store, now) as one, counting(store, now) as other:
        key = DAY.key_for("person")
        counts = await asyncio.gather(
            *(each.incr(key, 86_400) for each in (one, other) for _ in range(20))
        )
        assert sum(count <= DAY.amount for count in counts) <= DAY.amount
        assert await one.get(key) == await other.get(key) == 40


async def test_what_waits_together_is_one_write_and_keeps_its_order() -> None:
    store, now = Memory(), Clock()
    counts = LimitCounts(store, now=now)
    keys = [(WINDOW.key_for("a"), 600, 1), (DAY.key_for("a"), 86_400, 1)]
    waiting = [asyncio.create_task(counts.add(keys)) for _ in range(3)]
    await asyncio.sleep(0)
    async with running(counts.run()):
        assert await asyncio.gather(*waiting) == [(1, 1), (2, 2), (3, 3)]
    assert len(store.writes) == 1
    assert len(store.writes[0]) == 1, "one document for all counts of a person"
    assert store.kept["a"]["until"] == now() + timedelta(days=2)


async def test_counts_are_read_only_if_they_are_unknown_or_a_limit_is_reached() -> None:
    class Reading(Memory):
        reads = 0

        @override
        async def find(self, *given: Any, **how: Any) -> list[Document]:
            self.reads += 1
            return await super().find(*given, **how)

    store, now = Reading(), Clock()
    hits = [(WINDOW.key_for("a"), 600, 1), (DAY.key_for("a"), 86_400, 1)]
    async with counting(store, now) as one, counting(store, now) as other:
        assert [await one.add(hits) for _ in range(2)] == [(1, 1), (2, 2)]
        assert store.reads == 0
        assert await other.add(hits) == (3, 3), "another replica reads what it doesn't know"
        assert store.reads == 1
        assert await one.add(hits) == (4, 4), "beyond the limit it learns of the other's"
        assert store.reads == 2


async def test_a_document_that_another_replica_has_just_inserted_is_counted_too() -> None:
    class Racing(Memory):
        @override
        async def write(self, operations: Sequence[Operation]) -> WriteResult:
            self.writes.append(operations)
            if len(self.writes) == 1:
                return WriteResult(0, frozenset({0}))
            return await super().write(operations)

    async with counting(Racing(), Clock()) as counts:
        assert await counts.incr(DAY.key_for("a"), 86_400) == 1


# --- limits --------------------------------------------------------------------------------------


async def test_a_person_at_the_limit_learns_until_when(tmp_path: Path) -> None:
    async with front(tmp_path, limiting=Limiting()) as desk:
        first = await desk.submit()
        assert first.headers["ratelimit-policy"] == (
            '"letters-burst";q=5;w=600, "letters-day";q=10;w=86400'
        )
        assert first.headers["ratelimit"] == (
            '"letters-burst";r=4;t=600, "letters-day";r=9;t=43200'
        )
        for _ in range(4):
            assert (await desk.submit()).status_code == 201
        before, drawn = limited("letters", "person"), len(desk.keys.kept)
        answer = await desk.submit()
        assert is_problem(answer, "429 too_often")
        assert answer.headers["retry-after"] == "600"
        assert answer.headers["ratelimit"] == '"letters-burst";r=0;t=600'
        assert answer.json()["limit"] == ["letters-burst"]
        assert answer.json()["retry_after"] == 600
        assert "110" in answer.json()["detail"]
        assert limited("letters", "person") == before + 1
        assert len(desk.keys.kept) == drawn, "nothing was stored"
        assert (await desk.submit("huang")).status_code == 201
        desk.shelf.now.pass_by(seconds=600)
        assert (await desk.submit()).status_code == 201


async def test_the_day_has_a_limit_of_its_own(tmp_path: Path) -> None:
    async with front(tmp_path, limiting=Limiting()) as desk:
        for _ in range(2):
            for _ in range(5):
                assert (await desk.submit()).status_code == 201
            desk.shelf.now.pass_by(seconds=600)
        answer = await desk.submit()
        assert answer.json()["limit"] == ["letters-day"]
        assert answer.headers["retry-after"] == str(43_200 - 1_200)
        desk.shelf.now.pass_by(seconds=43_200)
        assert (await desk.submit()).status_code == 201


async def test_a_repeated_submission_is_answered_at_the_limit(tmp_path: Path) -> None:
    async with front(tmp_path, limiting=Limiting()) as desk:
        first = await desk.submit(key="first-key")
        for _ in range(4):
            await desk.submit()
        again = await desk.submit(key="first-key")
        assert (again.status_code, again.json()) == (201, first.json())


async def test_a_letter_that_was_refused_is_refused_again_under_its_key(tmp_path: Path) -> None:
    """Its number is drawn while it is counted: that must not make it a repeated submission."""
    store = Memory()
    async with front(tmp_path, limiting=Limiting(store=store)) as desk:
        await submitted(desk, 4)
        async with counting(store, desk.shelf.now) as of_another_replica:
            limits = data_files.request_limits()
            other = RequestLimiter(
                limits, of_another_replica, blind=SHELL_BLIND, now=desk.shelf.now
            )
            await other.take("letters", SHELL_BLIND.of("owner", "chen"))
        letters = len(desk.shelf.documents.kept)
        for _ in range(3):
            assert is_problem(await desk.submit(key="letter-key-late"), "429 too_often")
        assert len(desk.shelf.documents.kept) == letters
        desk.shelf.now.pass_by(seconds=600)
        assert (await desk.submit(key="letter-key-late")).status_code == 201
        assert len(desk.shelf.documents.kept) == letters + 1


async def test_a_spent_limit_costs_the_database_nothing(tmp_path: Path) -> None:
    store = Memory()
    async with front(tmp_path, limiting=Limiting(store=store)) as desk:
        assert (await submitted(desk, 6)).status_code == 429
        writes = len(store.writes)
        for _ in range(3):
            assert (await desk.submit()).status_code == 429
        assert len(store.writes) == writes


async def test_an_emergency_is_never_limited(tmp_path: Path) -> None:
    async with front(tmp_path, limiting=Limiting(), rules=PLANTED) as desk:
        assert (await submitted(desk, 6)).status_code == 429
        for _ in range(3):
            answer = await desk.submit(body=f"快来，有人{STOP}")
            assert is_problem(answer, "422 emergency")


async def test_an_emergency_in_an_addition_is_never_limited(tmp_path: Path) -> None:
    async with front(tmp_path, limiting=Limiting(), rules=PLANTED) as desk:
        letter = await desk.taken_in()
        said = await consented(desk, letter, 30)
        assert said.headers["ratelimit"].startswith('"requests-burst";r=0')
        refused = await desk.post(f"/v1/letters/{letter}/addition", {"text": "x"}, key="key-99999")
        assert is_problem(refused, "429 too_often")
        urgent = await desk.post(
            f"/v1/letters/{letter}/addition", {"text": f"快来，有人{STOP}"}, key="key-88888"
        )
        assert urgent.status_code == 202
        assert urgent.json()["emergency"]["diversion"]


async def test_consent_is_withdrawn_at_the_limit(tmp_path: Path) -> None:
    async with front(tmp_path, limiting=Limiting()) as desk:
        letter = await desk.taken_in()
        assert is_problem(await consented(desk, letter, 31), "429 too_often")
        withdrawn = await desk.post(
            f"/v1/letters/{letter}/consent", {"to_publish": False}, key="key-withdrawn"
        )
        assert withdrawn.status_code == 204


# --- addresses -----------------------------------------------------------------------------------


async def _from(desk: Front, address: str, n: int) -> Mapping[str, str]:
    answer = await desk.post(
        "/v1/letters", body(), who=f"person-{n}", key=f"key-{n:05}", x_forwarded_for=address
    )
    return {"status": str(answer.status_code), **answer.headers}


async def test_an_address_and_its_network_are_limited_across_persons(tmp_path: Path) -> None:
    store = Memory()
    limiting = Limiting(store=store, layers=(behind_proxies(),))
    async with front(tmp_path, limiting=limiting) as desk:
        for n in range(50):
            assert (await _from(desk, ADDRESS, n))["status"] == "201"
        refused = await _from(desk, ADDRESS, 50)
        assert refused["status"] == "429"
        assert refused["ratelimit"].startswith('"letters-address-burst";r=0')
        other = await _from(desk, "120.80.1.3", 51)
        assert other["status"] == "201"
        assert "address" not in other["ratelimit"], "nothing about its neighbours"
        assert ADDRESS not in str(store.kept)
        assert "120.80.1" not in str(store.kept)


@pytest.mark.parametrize("address", ["10.1.2.3", "fd00::1", "::1", "100.64.0.1", "unknown"])
async def test_an_address_that_is_nobodys_is_not_limited(tmp_path: Path, address: str) -> None:
    store = Memory()
    limiting = Limiting(store=store, layers=(behind_proxies(),))
    async with front(tmp_path, limiting=limiting) as desk:
        await _from(desk, address, 1)
        assert len(store.kept) == 1, "the person's counts alone"


async def test_days_of_one_person_cannot_be_connected() -> None:
    store, now = Memory(), Clock()
    counts = LimitCounts(store, now=now)
    limiter = RequestLimiter(data_files.request_limits(), counts, blind=BLIND, now=now)
    async with running(limiter.run()):
        for _ in range(2):
            await limiter.take("drafts", "owner-hash")
            now.pass_by(seconds=86_400)
    assert len(store.kept) == 2
    assert "owner-hash" not in str(store.kept)


# --- faults --------------------------------------------------------------------------------------


async def test_without_the_database_nothing_passes_and_nothing_breaks(tmp_path: Path) -> None:
    store = Memory()
    async with front(tmp_path, limiting=Limiting(store=store)) as desk:
        store.failures += ["before"]
        assert is_problem(await desk.submit(), "503 not_ready")
        assert not desk.shelf.documents.kept
        assert (await desk.submit()).status_code == 201
    async with front(tmp_path, limiting=Limiting(store=store)) as restarted:
        store.unread += [True]
        assert is_problem(await restarted.submit(), "503 not_ready")
        assert not restarted.shelf.documents.kept
        assert (await restarted.submit()).status_code == 201


async def test_a_fault_reaches_everyone_who_waited() -> None:
    store, now = Memory(), Clock()
    async with counting(store, now) as counts:
        store.failures += ["after"]
        with pytest.raises(AutoReconnect):
            await counts.incr(DAY.key_for("a"), 86_400)
        assert await counts.incr(DAY.key_for("a"), 86_400) == 2, "counted, though unanswered"


def test_the_longest_wait_counts() -> None:
    burst, day = data_files.request_limits().policies["letters"][:2]
    refused = RateLimited([LimitStanding(burst, -1, 60), LimitStanding(day, -1, 3_600)])
    assert refused.headers["retry-after"] == "3600"
    assert refused.headers["ratelimit"] == '"letters-burst";r=0;t=60, "letters-day";r=0;t=3600'
