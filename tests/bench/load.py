"""Posts letters over persistent connections: `python -m tests.bench.load PLAN RESULT`.

In a closed loop each connection posts its next letter when the one before is answered. In an open
loop letters are due at a steady rate, whether or not earlier ones are answered, and latency counts
from when a letter was due. The token comes from the environment, because command lines are public.
"""

import asyncio
import gc
import json
import os
import sys
import time
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
    per_second: float | None = None
    """The rate of an open loop; None: a closed loop."""


@dataclass(slots=True)
class Answers:
    """The answers, in the order in which they came."""

    latencies_ms: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Connection(asyncio.Protocol):
    """One writer's line, which is put into `free` whenever it may post."""

    def __init__(self, answers: Answers, free: "asyncio.Queue[Connection]") -> None:
        self._answers = answers
        self._free = free
        self._came = bytearray()
        self._due_at = 0.0
        self._transport: asyncio.Transport | None = None
        self._fault: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be free."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._free.put_nowait(self)

    def data_received(self, data: bytes) -> None:
        """Note an answer once it is whole, and be free again."""
        self._came += data
        head, found, came = self._came.partition(END_OF_HEAD)
        if not found or len(came) < _length(bytes(head)):
            return
        self._answers.latencies_ms.append((time.perf_counter() - self._due_at) * 1000)
        status, statuses = head[9:12].decode(), self._answers.statuses
        statuses[status] = statuses.get(status, 0) + 1
        self._answers.letters.append(json.loads(came).get("letter", ""))
        self._came.clear()
        self._free.put_nowait(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Make the next use of this line fail."""
        self._fault = exc or ConnectionResetError("cut while letters were posted")
        self._free.put_nowait(self)

    def post(self, request: bytes, *, due_at: float) -> None:
        """Post a letter that was due at that time. Raises: OSError."""
        if self._fault or self._transport is None:
            raise self._fault or ConnectionError("not connected")
        self._due_at = due_at
        self._transport.write(request)

    def close(self) -> None:
        """Hang up. Raises: OSError, if the line was cut before."""
        if self._fault or self._transport is None:
            raise self._fault or ConnectionError("not connected")
        self._transport.close()


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
    loop, answers, free = asyncio.get_running_loop(), Answers(), asyncio.Queue[Connection]()
    for _ in range(plan.connections):
        await loop.create_connection(lambda: Connection(answers, free), LOOPBACK, plan.port)
    began = time.perf_counter()
    for number, request in enumerate(requests):
        due_at = began + number / plan.per_second if plan.per_second else None
        if due_at is not None:
            await asyncio.sleep(max(0.0, due_at - time.perf_counter()))
        line = await free.get()
        line.post(request, due_at=due_at or time.perf_counter())
    lines = [await free.get() for _ in range(plan.connections)]
    answers.seconds = time.perf_counter() - began
    for line in lines:
        line.close()
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
