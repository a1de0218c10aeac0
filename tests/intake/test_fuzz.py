"""Five hundred requests made up by a seed, over every route of intake and router: none breaks."""

import json
import logging
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.platform.runtime.logs import OURS, JsonLines
from tests.intake.faces import token
from tests.intake.front import Front, body, front
from tests.intake.hostile import (
    BAD_KEYS,
    BAD_NUMBERS,
    BAD_PLACES,
    BLANKS,
    CONTENT_TYPES,
    FAR_PLACES,
    MARKER,
    NO_INSTANTS,
    OPERATORS,
    RAW,
    TRICKS,
    WRONG_TYPES,
    bad_values,
    put,
)
from tests.router.office import Office, office
from tests.router.story import LETTER

REQUESTS = 500
BAD = list(bad_values())
PLACES = (*BAD_PLACES, *NO_INSTANTS, *FAR_PLACES)
VALUES: list[Any] = [*OPERATORS, *TRICKS, *BLANKS, *WRONG_TYPES, None, "", 2**63, -(10**20), 1e300]
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
RATING = {"solved": True, "score": 2, "comment": "一般"}
ASKED: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/v1/letters", body()),
    ("POST", "/v1/letters", body()),
    ("GET", "/v1/letters", None),
    ("GET", "/v1/letters/{letter}", None),
    ("POST", "/v1/letters/{letter}/rating", RATING),
    ("POST", "/v1/letters/{letter}/withdrawal", {"reason": "mistake"}),
    ("POST", "/v1/letters/{letter}/route", {"bureau": "foshan"}),
    ("GET", "/v1/triage", None),
    ("GET", "/metrics", None),
    ("GET", f"/{MARKER}", None),
)
"""The valid request before any part of it is damaged."""


@dataclass
class Fuzz:
    """Makes requests up; the same seed makes the same ones."""

    dice: random.Random
    numbers: list[str]

    def one_of(self, choices: Any) -> Any:
        return self.dice.choice(list(choices))

    def happens(self, share: float) -> bool:
        return self.dice.random() < share

    def content(self, good: Any) -> bytes:
        """`good` with something in it spoilt; now and then something else altogether."""
        if self.happens(0.15):
            raw = self.one_of([*RAW.values(), self.dice.randbytes(60), b""])
            return bytes(raw if self.happens(0.6) else json.dumps(self.value(4)).encode())
        for _ in range(self.one_of((0, 0, 1, 1, 3))):
            field, value = self.one_of(BAD)
            good = put(good, self.one_of([field, *good]), value=self.one_of([value, self.value(2)]))
        text = json.dumps(good, ensure_ascii=self.happens(0.8))
        whole = text.encode("utf-8", "surrogatepass")
        return whole if self.happens(0.95) else whole[: self.dice.randrange(len(whole))]

    def value(self, depth: int) -> Any:
        """Any JSON value."""
        if depth and self.happens(0.5):
            inner = [self.value(depth - 1) for _ in range(self.dice.randrange(4))]
            names = [self.one_of(["subject", "$gt", MARKER, "", "a.b", "bureau"]) for _ in inner]
            return inner if self.happens(0.5) else dict(zip(names, inner, strict=True))
        return self.one_of(VALUES)

    def headers(self, desk: Front | Office, good: Any) -> list[tuple[bytes, bytes]]:
        at = desk.shelf.now()
        ours = ("chen", "chen", "huang") if isinstance(desk, Front) else ("lin", "lin", "wu", "gz")
        signs_in = [
            f"Bearer {token('x', at=at, name=MARKER, id_number=MARKER, phone_number=MARKER)}",
            f"Bearer {token(MARKER, at=at, roles=['triage', MARKER])}",
            f"Bearer {MARKER}",
            f"Basic {MARKER}",
            "",
        ]
        right = desk.headers(self.one_of(ours))["authorization"]
        key = f"fuzz-key-{self.dice.randrange(100)}"
        found = {
            "authorization": right if self.happens(0.8) else self.one_of(signs_in),
            "idempotency-key": key if self.happens(0.9) else self.one_of(BAD_KEYS),
            "accept": MARKER,
            "x-request-id": MARKER,
        }
        if good is not None or self.happens(0.1):
            right_kind = self.happens(0.95)
            found["content-type"] = "application/json" if right_kind else self.one_of(CONTENT_TYPES)
        for name in [name for name in found if self.happens(0.02)]:
            del found[name]
        return [(name.encode(), value.encode()) for name, value in found.items()]

    def query(self) -> dict[str, Any]:
        names = ("after", "after", MARKER, "$gt")
        chosen = [name for name in names if self.happens(0.1)]
        return {name: self.one_of(PLACES) for name in chosen}

    async def ask(self, intake: Front, router: Office) -> httpx.Response:
        method, path, good = self.one_of(ASKED)
        is_routers = path.endswith(("triage", "route")) != self.happens(0.1)
        desk: Front | Office = router if is_routers else intake
        ours = self.numbers[-1:] if is_routers else self.numbers[:-1]
        number = self.one_of(ours if self.happens(0.9) else [*self.numbers, *BAD_NUMBERS])
        spoilt = good is None and self.happens(0.1)
        return await desk.client.request(
            method if self.happens(0.95) else self.one_of(METHODS),
            path.replace("{letter}", number),
            params=self.query(),
            headers=self.headers(desk, good),
            content=self.content(good or {}) if good or spoilt else None,
        )


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[tuple[Front, Office]]:
    async with AsyncExitStack() as both:
        intake = await both.enter_async_context(front(tmp_path))
        router = await both.enter_async_context(office(tmp_path))
        yield intake, router


@pytest.mark.parametrize("seed", [7, 2026])
async def test_no_request_breaks_a_face_or_comes_back(
    desks: tuple[Front, Office], seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    for name in OURS:
        caplog.set_level(logging.DEBUG, logger=name)
    intake, router = desks
    await router.receive()
    number = await intake.taken_in()
    fuzz = Fuzz(random.Random(seed), [number, LETTER])  # noqa: S311 - the same dice every time
    seen: dict[int, int] = {}
    for _ in range(REQUESTS):
        answer = await fuzz.ask(intake, router)
        assert answer.status_code < 500, answer.request.url.path
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
        assert MARKER not in str(answer.headers)
        if answer.status_code >= 400:
            assert MARKER not in answer.text
            is_bare = answer.request.method == "HEAD"
            assert is_bare or answer.headers["content-type"] == "application/problem+json"
    lines = "\n".join(map(JsonLines("test").format, caplog.records))
    assert MARKER not in lines + caplog.text
    wanted = {200, 201, 202, 400, 401, 403, 404, 405, 415, 422}
    assert wanted <= seen.keys(), f"the dice are loaded: {seen}"
    metrics = (await intake.client.get("/metrics")).text
    assert MARKER not in metrics
    assert "mailbox_http_requests_total" in metrics
