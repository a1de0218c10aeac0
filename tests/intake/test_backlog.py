"""With the broker away, intake takes letters in up to a limit, and again by itself afterwards."""

import asyncio
from pathlib import Path

import pytest

from services.intake import metrics
from services.intake.settings import IntakeSettings
from services.intake.store import Backlog
from shared.contracts.topics import SUBMITTED
from shared.platform.repair.outbox_sweeper import OutboxSweeper
from shared.platform.runtime.settings import load
from tests.intake.faces import is_problem
from tests.intake.front import Front, front
from tests.support.doubles import Clock, Memory
from tests.support.sealed_shell import running
from tests.support.sign_in import issuers
from tests.support.waiting import until

RATING = {"solved": True, "score": 5}


async def taken_in_unsent(desk: Front, count: int, **keys: str) -> list[str]:
    """Letters of which the broker takes nothing."""
    desk.shelf.bus.fates += ["refused"] * count
    numbers = [await desk.taken_in(**keys) for _ in range(count)]
    await desk.backlog.count()
    return numbers


async def drained(desk: Front) -> None:
    """What the service does by itself once the broker is back."""
    desk.shelf.now.pass_by(seconds=6)
    history, sender = desk.shelf.letters._history, desk.shelf.letters._sender
    await OutboxSweeper(history, sender, now=desk.shelf.now).sweep()
    await desk.backlog.count()


async def test_at_the_limit_new_letters_are_refused_until_the_broker_is_back(
    tmp_path: Path,
) -> None:
    async with front(tmp_path, most_unsent=3) as desk:
        numbers = await taken_in_unsent(desk, 3)
        before = metrics.TURNED_AWAY._value.get()
        answer = await desk.submit(key="later-key")
        assert is_problem(answer, "503 backlog")
        assert answer.headers["retry-after"] == "5"
        assert "积压" in answer.json()["title"]
        assert "too much waits" in answer.json()["title"]
        assert metrics.TURNED_AWAY._value.get() == before + 1
        assert list(desk.shelf.documents.kept) == numbers, "nothing was begun"
        assert len(desk.keys.kept) == 3, "not even a number was drawn"
        await drained(desk)
        assert (await desk.submit(key="later-key")).status_code == 201
        said = [one.subject for one in desk.shelf.said(SUBMITTED.name)]
        assert said[:3] == numbers, "in their order"


async def test_what_was_taken_in_is_answered_again_though_all_is_full(tmp_path: Path) -> None:
    async with front(tmp_path, most_unsent=1) as desk:
        (number,) = await taken_in_unsent(desk, 1, key="first-key")
        again = await desk.submit(key="first-key")
        assert (again.status_code, again.json()["letter"]) == (201, number)
        other = await desk.submit(key="first-key", subject="别的事")
        assert is_problem(other, "422 id_reused")
        someone = await desk.submit("huang", key="first-key")
        assert is_problem(someone, "503 backlog")


async def test_reading_and_requests_about_a_letter_go_on(tmp_path: Path) -> None:
    async with front(tmp_path, most_unsent=1) as desk:
        (number,) = await taken_in_unsent(desk, 1)
        assert is_problem(await desk.submit(), "503 backlog")
        assert (await desk.get("/v1/letters")).json()["letters"][0]["letter"] == number
        assert (await desk.get(f"/v1/letters/{number}")).status_code == 200
        asked = await desk.post(f"/v1/letters/{number}/withdrawal", {})
        assert asked.status_code == 202
        asked = await desk.post(f"/v1/letters/{number}/rating", RATING, key="rating-key")
        assert asked.status_code == 202


async def test_requests_wait_within_bounds_too_but_withdrawn_consent_always_goes(
    tmp_path: Path,
) -> None:
    async with front(tmp_path, most_unsent=1) as desk:
        (number,) = await taken_in_unsent(desk, 1)
        path, content = f"/v1/letters/{number}/consent", {"to_publish": True}
        answers = [await desk.post(path, content, key=f"consent-{n:03}") for n in range(11)]
        assert [one.status_code for one in answers] == [204] * 10 + [503]
        assert is_problem(answers[-1], "503 backlog")
        withdrawn = await desk.post(path, {"to_publish": False}, key="withdrawn")
        assert withdrawn.status_code == 204
        await drained(desk)
        assert (await desk.post(path, content, key="consent-011")).status_code == 204


async def test_those_let_in_since_the_last_count_are_counted(tmp_path: Path) -> None:
    async with front(tmp_path, most_unsent=5) as desk:
        desk.shelf.bus.fates += ["refused"] * 20
        answers = await asyncio.gather(*(desk.submit(key=f"key-{n:05}") for n in range(20)))
        assert sorted(answer.status_code for answer in answers) == [201] * 5 + [503] * 15
        await desk.backlog.count()
        assert desk.backlog.is_full
        assert len(desk.shelf.documents.kept) == 5


async def test_what_was_sent_since_makes_room_at_the_next_count(tmp_path: Path) -> None:
    async with front(tmp_path, most_unsent=2) as desk:
        await desk.taken_in()
        await desk.taken_in()
        assert is_problem(await desk.submit(), "503 backlog")
        await desk.backlog.count()
        assert (await desk.submit()).status_code == 201


async def test_what_is_let_in_while_it_is_counted_is_not_forgotten() -> None:
    documents, now = Memory(), Clock()
    backlog = Backlog(documents, most=2, now=now)
    with backlog.one_more():
        counting = asyncio.create_task(backlog.count())
        await asyncio.sleep(0)
    await counting
    with backlog.one_more():
        assert backlog.is_full


async def test_what_failed_takes_no_room() -> None:
    backlog = Backlog(Memory(), most=1, now=Clock())
    with pytest.raises(OSError, match="away"), backlog.one_more():
        raise OSError("away")
    assert not backlog.is_full


async def test_it_counts_by_itself_also_after_the_database_was_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Backlog, "PAUSE_S", 0.001)
    documents, now = Memory(), Clock()
    backlog = Backlog(documents, most=1, now=now)
    documents.unread += [True, True]
    async with running(backlog.run()):
        await until(lambda: not documents.unread)
        documents.kept["GD-1"] = {"_id": "GD-1", "unsent_since": now()}
        await until(lambda: backlog.is_full)
        del documents.kept["GD-1"]["unsent_since"]
        await until(lambda: not backlog.is_full)


@pytest.mark.parametrize(("took_s", "pause_s"), [(0.01, 1), (0.3, 3), (11, 10)])
def test_slow_counts_are_rarer_but_none_is_believed_for_long(took_s: float, pause_s: float) -> None:
    assert Backlog.pause_after(took_s) == pytest.approx(pause_s)


@pytest.mark.parametrize(
    ("names", "most"),
    [({}, 10_000), ({"MOST_UNSENT": "7"}, 7), ({"MOST_UNSENT": "7", "INTAKE_MOST_UNSENT": "8"}, 8)],
)
def test_the_limit_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, names: dict[str, str], most: int
) -> None:
    _set_all(monkeypatch, tmp_path, names)
    assert load(IntakeSettings).most_unsent == most


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1000001"])
def test_a_limit_that_cannot_be_is_refused_at_start(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    limit: str,
) -> None:
    _set_all(monkeypatch, tmp_path, {"INTAKE_MOST_UNSENT": limit})
    with pytest.raises(SystemExit) as ended:
        load(IntakeSettings)
    assert ended.value.code == 2
    assert "MAILBOX_INTAKE_MOST_UNSENT" in capsys.readouterr().err


def _set_all(monkeypatch: pytest.MonkeyPatch, folder: Path, names: dict[str, str]) -> None:
    needed = {
        "ENV": "dev",
        "KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "MONGO_URI": "mongodb://127.0.0.1:1",
        **{name.upper(): value for name, value in issuers("http://127.0.0.1:1").items()},
        "KEYS_DIR": str(folder),
    }
    for name, value in {**needed, **names}.items():
        monkeypatch.setenv(f"MAILBOX_{name}", value)
