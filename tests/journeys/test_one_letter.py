"""The life of one letter, on the real local stack with real processes.

Posted over HTTP, taken in, routed over Kafka to its city's bureau, answered by the bureau over
Kafka, read and rated by its writer, with a clock running, and published after approval; and after
everything was stopped and started again nothing is gone and nothing has happened twice.
"""

from collections import Counter
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import free_ports
from deploy.local.supervisor import Stack, running_stack
from shared.contracts.envelope import Foreign, from_record
from shared.contracts.topics import BY_NAME, DEADLINES, PROGRESS, PUBLISHED, SUBMITTED, letters_of
from tests.journeys.people import Json, People, until
from tests.support.reaching import bus_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

NAME, PHONE = "陈小禾", "15400010001"
LETTER: Json = {
    "subject": "[手动] 楼下烧烤摊深夜扰民",
    "body": f"我叫{NAME}，电话{PHONE}。楼下烧烤摊每天凌晨两点还在大声喧哗，请管一管。",
    "category": "request",
    "place": {"city": "guangzhou"},
    "consent_to_publish": True,
    "contact": {"phone": PHONE},
}
REPLY = f"{NAME}您好，我们已约谈摊主，今后零点前收摊。如再扰民请致电。"
TOPICS = (SUBMITTED, PROGRESS, DEADLINES, PUBLISHED, letters_of("guangzhou"))


async def test_one_letter_all_the_way(tmp_path: Path) -> None:
    ports = free_ports()
    async with running_stack(tmp_path, ports=ports, session_ms=1_000) as stack:
        async with httpx.AsyncClient(timeout=15) as client:
            people = People(stack, client)
            letter = await _is_submitted_and_routed(people)
            await _has_a_clock(people, letter)
            await _is_answered_by_the_bureau(people, letter)
            await _is_read_and_rated(people, letter)
            page = await _is_published_after_approval(people, letter)
            told = await _messages(people)
        said = await _said(stack)
    async with (
        running_stack(tmp_path, ports=ports, session_ms=1_000) as stack,
        httpx.AsyncClient(timeout=15) as client,
    ):
        people = People(stack, client)
        await _is_found_again(people, letter, page)
        await _nothing_happened_twice(stack, said)
        assert await _messages(people) == told


async def _is_submitted_and_routed(people: People) -> str:
    address = f"{people.face('intake')}/v1/letters"
    answer = await people.call("chen", "POST", address=address, key="journey-1", body=LETTER)
    assert answer.status_code == 201, answer.text
    letter: str = answer.json()["letter"]
    again = await people.call("chen", "POST", address=address, key="journey-1", body=LETTER)
    assert again.json()["letter"] == letter
    other = await people.call(
        "chen", "POST", address=address, key="journey-1", body={**LETTER, "lang": "en"}
    )
    assert (other.status_code, other.json()["code"]) == (422, "id_reused")
    foreign = await people.call("huang", "GET", address=f"{address}/{letter}")
    assert foreign.status_code == 404
    routed = await until(
        lambda: people.see("chen", f"{address}/{letter}"),
        lambda seen: seen["bureau"],
        what="routed",
    )
    assert (routed["state"], routed["bureau"]) == ("routed", "guangzhou")
    assert routed["reply_due_on"] is not None
    return letter


async def _has_a_clock(people: People, letter: str) -> None:
    address = f"{people.face('notifier')}/v1/clocks?due_before=2100-01-01T00:00:00Z"
    found = await until(
        lambda: people.see("supervisor-wu", address),
        lambda seen: letter in str(seen),
        what="its clocks",
    )
    assert "reply" in str(found)


async def _is_answered_by_the_bureau(people: People, letter: str) -> None:
    code, printed = await people.bureau("listen", "--bureau", "guangzhou", "--once")
    assert code == 0, printed
    assert letter in printed
    assert "深夜扰民" in printed
    assert PHONE in printed
    code, printed = await people.bureau("accept", letter, "--bureau", "guangzhou")
    assert code == 0, printed
    code, printed = await people.bureau("accept", letter, "--bureau", "foshan")
    assert code != 0, printed
    code, printed = await people.bureau(
        "reply", letter, "--bureau", "guangzhou", "--text", REPLY, "--outcome", "resolved"
    )
    assert code == 0, printed


async def _is_read_and_rated(people: People, letter: str) -> None:
    address = f"{people.face('intake')}/v1/letters/{letter}"
    replied = await until(
        lambda: people.see("chen", address), lambda seen: seen["reply"], what="the reply"
    )
    assert replied["reply"]["text"] == REPLY
    rating = {"solved": True, "score": 5, "comment": "谢谢"}
    asked = await people.call(
        "chen", "POST", address=f"{address}/rating", key="journey-rate", body=rating
    )
    assert asked.status_code == 202, asked.text
    closed = await until(
        lambda: people.see("chen", address), lambda seen: seen["state"] == "closed", what="closed"
    )
    assert [one["status"] for one in closed["requests"]] == ["done"]
    messages = await until(
        lambda: _messages(people), lambda seen: letter in str(seen), what="a message to the writer"
    )
    assert REPLY not in str(messages)


async def _is_published_after_approval(people: People, letter: str) -> str:
    publisher = people.face("publisher")
    draft = f"{publisher}/v1/drafts/{letter}"
    await until(
        lambda: people.see("editor-mei", f"{publisher}/v1/drafts"),
        lambda seen: letter in str(seen),
        what="a draft",
    )
    proposed = await people.call(
        "editor-mei", "POST", address=f"{draft}/proposal", key="journey-propose"
    )
    assert proposed.is_success, proposed.text
    alone = await people.call(
        "editor-mei", "POST", address=f"{draft}/approval", key="journey-alone"
    )
    assert alone.status_code == 403, alone.text
    approved = await people.call(
        "editor-zhou", "POST", address=f"{draft}/approval", key="journey-approve"
    )
    assert approved.is_success, approved.text
    listed = await people.read_open(f"{publisher}/public/v1/publications")
    pages = [await people.read_open(f"{publisher}/"), listed]
    publication = httpx.Response(200, text=listed).json()["publications"][0]["publication"]
    page = f"{publisher}/publications/{publication}"
    pages.append(await people.read_open(page))
    assert "〔本人姓名〕" in pages[-1]
    for shown in pages:
        assert not any(trace in shown for trace in (NAME, PHONE, letter))
    return page


async def _messages(people: People) -> Json:
    messages = httpx.Response(
        200, text=await people.read_open(f"{people.face('gateway')}/messages")
    )
    return {"messages": messages.json()}


async def _is_found_again(people: People, letter: str, page: str) -> None:
    address = f"{people.face('intake')}/v1/letters/{letter}"
    found = await people.see("chen", address)
    assert (found["state"], found["reply"]["text"]) == ("closed", REPLY)
    assert "〔本人姓名〕" in await people.read_open(page)
    code, printed = await people.bureau("listen", "--bureau", "guangzhou", "--once")
    assert code == 0, printed
    assert letter in printed


async def _nothing_happened_twice(stack: Stack, before: Counter[str]) -> None:
    """Every event is on the topics again, and none that wasn't there before."""
    again = await _said(stack)
    assert set(again) == set(before)


async def _said(stack: Stack) -> Counter[str]:
    """How often each event stands on the topics, by its id and content; sequences are dense."""
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
