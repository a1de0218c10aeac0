"""With the broker away, an emergency reaches the duty desk at once, and pages go out afterwards.

Real processes with planted rules. How long it took is printed: `pytest -s`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.stack.ports import free_ports
from tests.chaos import guarded
from tests.chaos.people import People, Written, body
from tests.chaos.processes import Processes, processes
from tests.intake.emergencies import ASK, STOP

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

PATIENCE_S = 90.0
LOOK_S = 0.2
DUTY = "duty-luo"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[Processes, People]]:
    """A stack of its own, and the people who use it."""
    ports = free_ports()
    async with (
        processes(tmp_path, ports=ports, launcher=guarded.__name__) as started,
        httpx.AsyncClient(timeout=15) as client,
    ):
        yield started, People(ports, client)


async def write(people: People, mark: str, key: str) -> Any:
    """Write what may be an emergency; return the answer."""
    letter = body(Written(key, "rated")) | {"body": f"这里{mark}"}
    answer = await people.ask("POST", "intake", "/v1/letters", who="chen", key=key, body=letter)
    assert answer is not None
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY, answer.text
    return answer.json()


async def on_the_desk(people: People) -> list[Any]:
    """The unseen entries of the desk."""
    answer = await people.ask("GET", "intake", "/v1/duty/diversions", who=DUTY)
    assert answer is not None
    assert answer.status_code == httpx.codes.OK, answer.text
    found: list[Any] = answer.json()["diversions"]
    return found


async def until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait for it."""
    end = time.monotonic() + PATIENCE_S
    while not await holds():
        assert time.monotonic() < end, what
        await asyncio.sleep(LOOK_S)


@pytest.mark.slow
async def test_the_desk_works_without_the_broker_and_pages_once_it_is_back(
    running: tuple[Processes, People], capsys: pytest.CaptureFixture[str]
) -> None:
    started, people = running
    assert await people.ask("GET", "intake", "/v1/letters", who="chen")
    assert await on_the_desk(people) == []
    await started.kill("broker", "bureaus")
    began = time.perf_counter()
    told = await write(people, STOP, "chaos-duty-stop")
    (shown,) = await on_the_desk(people)
    took = time.perf_counter() - began
    with capsys.disabled():
        print(f"\nwithout Kafka: from the writer's sending to the desk's reading {took:.3f} s")
    assert (shown["diversion"], shown["text"]) == (told["diversion"], f"这里{STOP}")
    assert (told["code"], told["lines"][0]["code"]) == ("emergency", "110")
    assert await write(people, STOP, "chaos-duty-stop") == told
    asked = await write(people, ASK, "chaos-duty-ask")
    said = await people.post(
        "intake", asked["answer_at"], who="chen", key="chaos-no", body={"happening_now": False}
    )
    path = f"/v1/duty/diversions/{asked['diversion']}/seen"
    await people.post("intake", path, who=DUTY, key="chaos-seen")
    assert [one["diversion"] for one in await on_the_desk(people)] == [told["diversion"]]
    await started.start("broker", "topics", "bureaus")

    async def is_paged() -> bool:
        return any(told["diversion"] in one["text"] for one in await people.messages())

    async def is_with_its_bureau() -> bool:
        path = f"/v1/letters/{said['letter']}"
        answer = await people.ask("GET", "intake", path, who="chen")
        return answer is not None and answer.is_success and answer.json()["bureau"] is not None

    await until(is_paged, "paged")
    await until(is_with_its_bureau, "the letter goes its way")
    path = f"/v1/duty/diversions/{told['diversion']}/resolve"
    outcome = {"outcome": "handed_to_110", "reference": "JQ-0007"}
    done = await people.post("intake", path, who=DUTY, key="chaos-110", body=outcome)
    assert (done["outcome"], done["reference"]) == ("handed_to_110", "JQ-0007")
    assert await on_the_desk(people) == []
