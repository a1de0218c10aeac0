"""Posts letters as fast as they are accepted: `python -m tests.bench.load PLAN RESULT`.

A closed loop over persistent connections: each posts its next letter when the one before is
answered. The token comes from the environment, because command lines are public.
"""

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.local.stack.ports import LOOPBACK
from tests.bench import posts

TOKEN = "BENCH_TOKEN"
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to post: `warm` letters that don't count, then `count` that do."""

    port: int
    run: str
    warm: int
    count: int
    connections: int
    within_s: float


@dataclass(slots=True)
class Answers:
    """The answers, in the order in which they came."""

    latencies_ms: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Connection(asyncio.Protocol):
    """One writer's line; posts what `requests` still holds, and then ends."""

    def __init__(self, requests: Iterator[bytes], answers: Answers) -> None:
        self._requests = requests
        self._answers = answers
        self._came = bytearray()
        self._asked_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Post the first letter."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._post()

    def data_received(self, data: bytes) -> None:
        """Note an answer once it is whole, and post the next letter."""
        self._came += data
        head, found, came = self._came.partition(END_OF_HEAD)
        if not found or len(came) < _length(bytes(head)):
            return
        self._answers.latencies_ms.append((time.perf_counter() - self._asked_at) * 1000)
        status, statuses = head[9:12].decode(), self._answers.statuses
        statuses[status] = statuses.get(status, 0) + 1
        self._answers.letters.append(json.loads(came).get("letter", ""))
        self._came.clear()
        self._post()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail, when letters were left to post."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("cut while a letter was posted"))

    def _post(self) -> None:
        following = next(self._requests, None)
        if self._transport is None or following is None:
            self.done.set_result(None)
            if self._transport is not None:
                self._transport.close()
            return
        self._asked_at = time.perf_counter()
        self._transport.write(following)


async def post(plan: Plan, token: str) -> tuple[Answers, Answers]:
    """The answers of the warm-up and those that count. Raises: TimeoutError; OSError."""
    requests = [
        posts.request(serial, port=plan.port, token=token, run=plan.run)
        for serial in range(plan.warm + plan.count)
    ]
    async with asyncio.timeout(plan.within_s):
        warm = await _phase(requests[: plan.warm], plan)
        return warm, await _phase(requests[plan.warm :], plan)


async def _phase(requests: list[bytes], plan: Plan) -> Answers:
    loop, answers, left = asyncio.get_running_loop(), Answers(), iter(requests)
    began = time.perf_counter()
    lines = [
        await loop.create_connection(lambda: Connection(left, answers), LOOPBACK, plan.port)
        for _ in range(plan.connections)
    ]
    await asyncio.gather(*(line.done for _, line in lines))
    answers.seconds = time.perf_counter() - began
    return answers


def _length(head: bytes) -> int:
    """The length of the body after `head`."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise ValueError("an answer without its length")


def main(plan: Path, result: Path) -> None:
    """Follow the file `plan`, and write the answers to the file `result`."""
    gc.disable()
    warm, counted = asyncio.run(post(Plan(**json.loads(plan.read_text())), os.environ[TOKEN]))
    result.write_text(json.dumps({"warm": asdict(warm), "counted": asdict(counted)}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
