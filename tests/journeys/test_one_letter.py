"""The life of one letter, on the real local stack with real processes.

It is posted over HTTP, routed over Kafka to its city's bureau, answered by the bureau, read and
rated by its writer, and published after approval, with a clock running. After a restart of the
whole stack nothing is lost and nothing has happened twice.
"""

from collections import Counter
from pathlib import Path

import httpx
import pytest

from deploy.local.stack.ports import free_ports
from deploy.local.stack.supervisor import Stack, running_stack
from shared.contracts.envelope import Foreign, from_record
from shared.contracts.topics import BY_NAME, DEADLINES, PROGRESS, PUBLISHED, SUBMITTED, letters_of
from shared.contracts.vocabulary import SERVICES
from tests.journeys.people import People
from tests.journeys.steps import (
    REPLY,
    has_a_clock,
    is_answered_by_the_bureau,
    is_published_after_approval,
    is_read_and_rated,
    is_submitted_and_routed,
    is_told_of_the_publication,
    told_by_message,
)
from tests.observing.pages import faults
from tests.support.reaching import bus_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

TOPICS = (SUBMITTED, PROGRESS, DEADLINES, PUBLISHED, letters_of("guangzhou"))


async def test_one_letter_all_the_way(tmp_path: Path) -> None:
    ports = free_ports()
    async with running_stack(tmp_path, ports=ports, session_ms=1_000) as stack:
        async with httpx.AsyncClient(timeout=15) as client:
            people = People(stack, client)
            letter = await is_submitted_and_routed(people)
            await has_a_clock(people, letter)
            await is_answered_by_the_bureau(people, letter)
            await is_read_and_rated(people, letter)
            page = await is_published_after_approval(people, letter)
            told = await is_told_of_the_publication(people, letter)
            for name in SERVICES:
                assert faults(await people.read_open(f"{people.face(name)}/metrics")) == []
        said = await _said(stack)
    async with (
        running_stack(tmp_path, ports=ports, session_ms=1_000) as stack,
        httpx.AsyncClient(timeout=15) as client,
    ):
        people = People(stack, client)
        await _is_found_again(people, letter, page)
        await _nothing_happened_twice(stack, said)
        assert await told_by_message(people) == told


async def _is_found_again(people: People, letter: str, page: str) -> None:
    address = f"{people.face('intake')}/v1/letters/{letter}"
    found = await people.see("chen", address)
    assert (found["state"], found["reply"]["text"]) == ("closed", REPLY)
    assert "〔本人姓名〕" in await people.read_open(page)
    code, printed = await people.bureau("listen", "--bureau", "guangzhou", "--once")
    assert code == 0, printed
    assert letter in printed


async def _nothing_happened_twice(stack: Stack, before: Counter[str]) -> None:
    """The topics hold the same events as before, and no others."""
    again = await _said(stack)
    assert set(again) == set(before)


async def _said(stack: Stack) -> Counter[str]:
    """The number of each event on the topics, by its id and content; sequences are dense."""
    bus = bus_of(stack.settings("topics"))
    found: Counter[str] = Counter()
    for topic in TOPICS:
        sequences: dict[str, set[int]] = {}
        for raw in await bus.read_all(topic.name, BY_NAME[topic.name].partitions):
            said = from_record(Foreign(raw.key, raw.value, list(raw.headers)), topic=raw.topic)
            found[f"{said.id} {hash(raw.value)}"] += 1
            if said.sequence is not None:
                sequences.setdefault(said.subject, set()).add(said.sequence)
        for numbers in sequences.values():
            assert numbers == set(range(1, len(numbers) + 1))
    return found
