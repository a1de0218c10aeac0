"""Every day's letters are counted and signed once, late ones by a correction, by any replica."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.publisher.jobs import DailyCounter
from shared.contracts.topics import SUBMITTED
from shared.kernel.daily_counts import chain_faults
from shared.kernel.letter_receipts import leaf_of
from shared.platform.crypto.signing_keys import verify
from tests.publisher.face import COUNT_KEYS, Face, faces
from tests.publisher.story import submitted

PATH = "/public/v1/figures/daily"
DAYS = ("2026-11-27", "2026-11-28", "2026-11-29")


@pytest.fixture
async def face() -> AsyncIterator[Face]:
    async with faces() as opened:
        yield opened


async def received(face: Face, number: int, *, at: Any = None) -> str:
    """A letter of now, or of another time."""
    event = submitted().model_copy(
        update={"received_at": at or face.stage.now(), "text_sha256": f"{number:064x}"}
    )
    await face.stage.hear(SUBMITTED.name, f"GD-{number}", event)
    return leaf_of(f"GD-{number}", f"{number:064x}")


async def next_night(face: Face) -> None:
    """The office's clock goes on to one o'clock of the next day, and the day is signed."""
    now = face.stage.now()
    in_guangdong = now + timedelta(hours=8)
    midnight = in_guangdong.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    face.stage.now.pass_by(seconds=(midnight - in_guangdong).total_seconds() + 3_600)
    await face.counting.sign()


async def listed(face: Face) -> list[dict[str, Any]]:
    answer = await face.get(PATH)
    assert answer.status_code == 200
    entries: list[dict[str, Any]] = answer.json()["entries"]
    assert chain_faults(entries) == []
    keys = (await face.get(f"{PATH}-keys")).json()
    for entry in entries:
        verify(entry, keys, at="signed_at")
    return entries


async def test_a_day_is_signed_once_it_is_over_also_without_letters(face: Face) -> None:
    await face.counting.sign()
    leaves = sorted([await received(face, n) for n in (1, 2)])
    assert await listed(face) == []
    await next_night(face)
    await next_night(face)
    await face.counting.sign()
    entries = await listed(face)
    assert [(one["day"], one["letters"]) for one in entries] == [(DAYS[0], 2), (DAYS[1], 0)]
    (shown,) = (await face.get(f"{PATH}/{DAYS[0]}")).json()["entries"]
    assert shown == {"entry": entries[0], "leaves": leaves}


async def test_nothing_is_signed_in_the_first_half_hour(face: Face) -> None:
    await face.counting.sign()
    now = face.stage.now() + timedelta(hours=8)
    left = timedelta(days=1) - (now - now.replace(hour=0, minute=0, second=0, microsecond=0))
    face.stage.now.pass_by(seconds=left.total_seconds() + 60)
    await face.counting.sign()
    assert await listed(face) == []


async def test_days_of_a_stop_are_signed_afterwards(face: Face) -> None:
    await face.counting.sign()
    face.stage.now.pass_by(days=3)
    await face.counting.sign()
    assert [one["day"] for one in await listed(face)] == list(DAYS)


async def test_a_letter_that_becomes_known_late_is_counted_by_a_correction(face: Face) -> None:
    await face.counting.sign()
    first_day = face.stage.now()
    early = await received(face, 1)
    await next_night(face)
    late = await received(face, 2, at=first_day)
    await face.counting.sign()
    assert len(await listed(face)) == 1, "corrections wait for the night"
    await next_night(face)
    await next_night(face)
    entries = await listed(face)
    assert [(one["day"], one["letters"], one["corrects"]) for one in entries] == [
        (DAYS[0], 1, 0),
        (DAYS[0], 2, 1),
        (DAYS[1], 0, 0),
        (DAYS[2], 0, 0),
    ]
    newest = (await face.get(f"{PATH}/{DAYS[0]}")).json()["entries"][-1]
    assert newest["leaves"] == sorted([early, late])


async def test_a_repeated_record_changes_nothing(face: Face) -> None:
    await face.counting.sign()
    await received(face, 1)
    await next_night(face)
    await next_night(face)
    assert [one["letters"] for one in await listed(face)] == [1, 0]


async def test_an_installation_with_letters_begins_with_its_next_day(face: Face) -> None:
    await received(face, 1)
    await face.counting.sign()
    await next_night(face)
    await next_night(face)
    assert [one["day"] for one in await listed(face)] == [DAYS[1]]


async def test_two_replicas_sign_each_number_once(face: Face) -> None:
    await face.counting.sign()
    other = DailyCounter(
        face.stage.documents,
        face.counting._counts,
        keys=COUNT_KEYS,
        now=face.stage.now,
        pause_s=1,
    )
    await received(face, 1)
    face.stage.now.pass_by(days=3)
    await asyncio.gather(face.counting.sign(), other.sign())
    await face.counting.sign()
    assert [one["day"] for one in await listed(face)] == list(DAYS)


async def test_entries_are_shown_page_by_page(face: Face) -> None:
    await face.counting.sign()
    face.stage.now.pass_by(days=410)
    await face.counting.sign()
    first = (await face.get(PATH)).json()
    assert (len(first["entries"]), first["next"]) == (400, 400)
    rest = (await face.get(f"{PATH}?after=400")).json()
    assert (len(rest["entries"]), rest["next"]) == (10, None)
    assert rest["entries"][0]["number"] == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?after=-1", 422),
        ("?after=x", 422),
        ("?after=99999999999", 422),
        ("?after=77", 200),
        ("/2026-11-27", 404),
        ("/2026-02-30", 404),
        ("/yesterday", 404),
    ],
)
async def test_bad_input_is_refused(face: Face, path: str, status: int) -> None:
    assert (await face.get(f"{PATH}{path}")).status_code == status


async def test_nothing_about_a_letter_but_its_leaf_is_shown(face: Face) -> None:
    await face.counting.sign()
    await received(face, 7)
    await next_night(face)
    shown = (await face.get(PATH)).text + (await face.get(f"{PATH}/{DAYS[0]}")).text
    assert "GD-7" not in shown
    assert f"{7:064x}" not in shown


async def test_the_page_shows_days_and_corrections_in_both_languages(face: Face) -> None:
    empty = await face.client.get("/figures/daily", headers={"accept-language": "en"})
    assert "No day has been counted yet" in empty.text
    await face.counting.sign()
    first_day = face.stage.now()
    await next_night(face)
    await received(face, 2, at=first_day)
    await next_night(face)
    for lang, says in (("zh", "更正第 1 条"), ("en", "corrects entry 1")):
        shown = await face.client.get("/figures/daily", headers={"accept-language": lang})
        assert shown.status_code == 200
        assert says in shown.text
        assert f'href="{PATH}/{DAYS[0]}"' in shown.text
