"""The demo follows every letter to its end, resumes after a stop, and reports what it read back."""

import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from deploy.local.demo import http_client
from deploy.local.demo.command import parser
from deploy.local.demo.here import played
from deploy.local.demo.http_client import DemoFailed, Faces, SaidNo
from deploy.local.demo.letters import LETTERS, demo_letter, rating
from deploy.local.demo.run import DemoRun, seconds_to_reply
from tests.deploy.faces import ADDRESSES, BODIES, DESK, Stack

ROWS = [json.loads(line) for line in LETTERS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.demo.play.LOOK_EVERY_S", 0.001)
    monkeypatch.setattr("deploy.local.demo.play.PUBLISH_WITHIN_S", 0.05)
    monkeypatch.setattr("deploy.local.demo.http_client.FIRST_PAUSE_S", 0.001)


async def run(stack: Stack, kept: Path, *arguments: str) -> tuple[int, str]:
    """Play it to the end of all letters, without a time limit unless one is given."""
    said = io.StringIO()
    asked = parser().parse_args(["--patience", "100", *arguments])
    console = Console(file=said, width=120)
    code = await played(stack.faces(), kept, asked=asked, console=console)
    return code, said.getvalue()


async def test_every_letter_gets_to_its_end(tmp_path: Path) -> None:
    stack = Stack()
    code, said = await run(stack, tmp_path / "demo.json")
    assert code == 0, said
    assert len(stack.letters) == len(ROWS)
    ended = {"replied", "closed", "declined", "withdrawn"}
    assert {one["state"] for one in stack.letters.values()} == ended
    assert list(stack.drafts.values()).count("published") == 20
    assert re.search(r"合计 total +│ +240 │ +\d+ │ +20 │", said)
    assert "3.0 s" in said
    assert "154****0001" in said
    assert ADDRESSES["MAILBOX_PUBLISHER"] in said
    assert "\x1b" not in said, "no terminal, no bars"


async def test_everyone_does_their_part(tmp_path: Path) -> None:
    stack = Stack()
    _, said = await run(stack, tmp_path / "demo.json")
    did = {tuple(one.split()[:2]) for one in stack.did}
    routes = {route for _, route in did}
    assert routes == DESK.keys()
    assert ("example-guangzhou-chief", "sign") in did
    assert ("director-tang", "read") in did
    once = [one for one in stack.did if one.split()[1] in {"read", "instruct", "supervise"}]
    assert len(once) == len(set(once)), "and each once"
    wishes = Counter(one["kind"] for letter in stack.letters.values() for one in letter["requests"])
    assert wishes.keys() == BODIES.keys()
    signed = sum(" sign " in one for one in stack.did)
    assert re.search(rf"领导签发 signed by chiefs +│ +{signed} ", said)


async def test_whoever_is_content_does_not_ask_again(tmp_path: Path) -> None:
    stack = Stack()
    await run(stack, tmp_path / "demo.json")
    reopened = [one for one in stack.letters.values() if one["reopened"]]
    assert reopened
    assert all(one["reopened"] == 1 for one in reopened)
    assert {one["state"] for one in reopened} == {"closed"}


async def test_a_resumed_demo_repeats_nothing(tmp_path: Path) -> None:
    stack, kept = Stack(), tmp_path / "demo.json"
    await run(stack, kept, "--letters", "12")
    before = len(stack.asked)
    code, _ = await run(stack, kept, "--letters", "15", "--resume")
    posted = [asked for asked in stack.asked[before:] if asked == "POST intake/v1/letters"]
    assert (code, len(posted), len(stack.letters)) == (0, 3, 15)
    rated = [asked for asked in stack.asked if asked.endswith("/rating")]
    assert len(rated) == len(set(rated))


async def test_a_new_demo_is_another_run(tmp_path: Path) -> None:
    stack, kept = Stack(), tmp_path / "demo.json"
    await run(stack, kept, "--letters", "2")
    first = json.loads(kept.read_text())["run"]
    await run(stack, kept, "--letters", "2")
    assert json.loads(kept.read_text())["run"] != first


async def test_a_letter_that_no_list_shows_is_followed_too(tmp_path: Path) -> None:
    stack = Stack()
    stack.hidden = {"GD-dev-001", "GD-dev-002"}
    code, _ = await run(stack, tmp_path / "demo.json")
    assert code == 0
    assert stack.hidden <= stack.letters.keys()


async def test_a_run_of_another_mailbox_is_told_in_a_sentence(tmp_path: Path) -> None:
    DemoRun("r", numbers={"dev-001": "GD-gone"}).keep(tmp_path / "demo.json")
    with pytest.raises(DemoFailed, match="without --resume"):
        await run(Stack(), tmp_path / "demo.json", "--letters", "1", "--resume")


async def test_a_refused_letter_is_told(tmp_path: Path) -> None:
    stack = Stack()
    stack.refused = {ROWS[0]["subject"]}
    code, said = await run(stack, tmp_path / "demo.json", "--letters", "3")
    assert code == 1
    assert "dev-001 (422 bad_value)" in said


async def test_a_letter_without_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stack, "moved", lambda _, letter: dict(letter))
    code, said = await run(Stack(), tmp_path / "demo.json", "--letters", "2", "--patience", "0.2")
    assert code == 1
    assert "GD-dev-001" in said


async def test_what_passes_is_asked_again() -> None:
    answers = [httpx.Response(503), httpx.Response(503), httpx.Response(200, json=[1])]
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answers.pop(0)))
    assert await Faces(ADDRESSES, client).get("gateway", "/messages") == [1]


async def test_what_stays_silent_ends_the_demo_in_a_sentence() -> None:
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)))
    with pytest.raises(DemoFailed, match=r"http://gateway\.test/messages"):
        await Faces(ADDRESSES, client).get("gateway", "/messages")
    assert http_client.TRIES > 1


async def test_a_refusal_is_not_asked_again() -> None:
    answers = [httpx.Response(409, json={"code": "out_of_order"})]
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answers.pop(0)))
    with pytest.raises(SaidNo, match="409 out_of_order"):
        await Faces(ADDRESSES, client).get("router", "/v1/triage")


@pytest.mark.parametrize("row", ROWS[::7], ids=lambda row: str(row["id"]))
def test_letters_are_what_the_data_says(row: dict[str, Any]) -> None:
    letter = demo_letter(row)
    assert letter.content["place"] == {"city": row["city"]}
    assert letter.content["consent_to_publish"] == (row["category"] != "report")
    assert re.fullmatch(r"[A-Za-z0-9_.:\-]{8,200}", letter.key("0123456789ab", "rating"))
    assert row["body"] not in repr(letter)


def test_most_writers_are_satisfied_and_a_few_say_nothing() -> None:
    said = [rating(demo_letter(row)) for row in ROWS]
    solved = sum(1 for one in said if one and one["solved"])
    assert solved > len(said) * 0.7
    assert 0 < said.count(None) < len(said) * 0.2
    assert said == [rating(demo_letter(row)) for row in ROWS]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"run": 1, "numbers": 2}'])
def test_a_broken_record_of_a_run_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "demo.json").write_text(content)
    assert DemoRun.resumed(tmp_path / "demo.json") is None


def test_a_letter_in_triage_waits_for_a_recorded_reason() -> None:
    run = DemoRun("r", numbers={"a": "1", "b": "2"}, seen={"1": {"state": "triage"}})
    run.waiting = {"1": "no_place"}
    assert run.unfinished() == ["2"]


def test_seconds_to_a_reply() -> None:
    reply = {"replied_at": "2026-11-24T04:00:02.500000Z"}
    letter = {"received_at": "2026-11-24T04:00:00Z", "reply": reply}
    assert seconds_to_reply(letter) == 2.5
    assert seconds_to_reply({"reply": None}) is None
