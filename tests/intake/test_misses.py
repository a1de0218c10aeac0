"""A client that requests many letters of others is refused for some minutes, and counted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from shared.kernel.letter_number import new_letter_number
from shared.platform.http.miss_limit import MOST_MISSES
from tests.intake.faces import is_problem
from tests.intake.front import Front, front

UNKNOWN = [new_letter_number(bytes([n]) * 10) for n in range(100, 100 + MOST_MISSES)]


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Front]:
    """Intake with the limit that it has."""
    async with front(tmp_path, misses=MOST_MISSES) as opened:
        yield opened


def missed(which: str) -> float:
    name = "mailbox_http_letters_missed_total"
    return REGISTRY.get_sample_value(name, {"which": which}) or 0


async def test_a_person_who_misses_a_few_dozen_letters_is_refused_and_nobody_else(
    strict: Front,
) -> None:
    own = await strict.taken_in()
    foreign = await strict.taken_in("huang")
    for number in UNKNOWN:
        assert is_problem(await strict.get(f"/v1/letters/{number}"), "404 not_found")
    for number in (own, foreign, UNKNOWN[0]):
        assert is_problem(await strict.get(f"/v1/letters/{number}"), "429 too_often")
        answer = await strict.post(f"/v1/letters/{number}/addition", {"text": "还有"})
        assert is_problem(answer, "429 too_often")
    assert (await strict.get("/v1/letters")).status_code == 200
    assert (await strict.submit()).status_code == 201
    assert (await strict.get(f"/v1/letters/{foreign}", "huang")).status_code == 200


async def test_waiting_for_one_letter_is_no_search(strict: Front) -> None:
    own = await strict.taken_in()
    for _ in range(2 * MOST_MISSES):
        assert is_problem(await strict.get(f"/v1/letters/{UNKNOWN[0]}"), "404 not_found")
    assert (await strict.get(f"/v1/letters/{own}")).status_code == 200


async def test_it_ends_by_itself(strict: Front) -> None:
    own = await strict.taken_in()
    for number in UNKNOWN:
        await strict.get(f"/v1/letters/{number}")
    strict.shelf.now.pass_by(minutes=10, seconds=1)
    assert (await strict.get(f"/v1/letters/{own}")).status_code == 200


async def test_a_letter_of_somebody_else_reads_as_unknown_and_is_counted_apart(
    strict: Front,
) -> None:
    foreign = await strict.taken_in("huang")
    before = missed("foreign"), missed("unknown")
    answers = [await strict.get(f"/v1/letters/{number}") for number in (foreign, UNKNOWN[0])]
    assert len({(one.status_code, one.content) for one in answers}) == 1
    assert (missed("foreign"), missed("unknown")) == (before[0] + 1, before[1] + 1)
