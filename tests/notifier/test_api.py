"""What supervisors see of the clocks, and that nobody else does."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from services.notifier import api
from services.notifier.domain import ProgressHeard
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.values import About
from shared.contracts.words import Contact
from shared.platform.http.application import application
from shared.platform.http.tokens import Person
from shared.platform.runtime.readiness import Readiness
from tests.notifier.stage import KnownPeople, moment, staged
from tests.notifier.story import (
    DUE,
    LETTER,
    OTHER,
    PHONE,
    RED_AT,
    RULES,
    days,
    fact,
    received,
    started,
    submitted,
)

PEOPLE = {
    "wu": Person("wu", roles=frozenset({"supervisor"})),
    "pv-inspection": Person("pv-1", roles=frozenset({"bureau:province:inspection:handler"})),
    "mei": Person("mei", roles=frozenset({"editor"})),
    "chen": Person("chen", name="x", id_number="y"),
}


async def asked(
    due_before: datetime | str,
    *,
    token: str | None = "wu",
    about: About | None = None,
    **more: Any,
) -> Any:
    """The answer of a notifier that has two letters, one with a contact and perhaps `about`."""
    async with staged(RULES, at=moment(20)) as stage:
        await stage.hear(SUBMITTED.name, LETTER, submitted(Contact(phone=PHONE)))
        await stage.hear(PROGRESS.name, LETTER, received(about), fact(started()))
        await stage.hear(PROGRESS.name, OTHER, fact(started(due_on=DUE + days(4))))
        app = application(
            "Notifier", verifier=KnownPeople(PEOPLE, now=stage.now), ready=Readiness()
        )
        app.state.board = api.Board(stage.documents)
        app.include_router(api.router)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as client:
            return await client.get(
                "/v1/clocks",
                params={"due_before": str(due_before), **more},
                headers={"authorization": f"Bearer {token}"} if token else {},
            )


async def test_letters_with_a_clock_due_before_are_shown_with_it() -> None:
    answer = await asked((RED_AT + days(1)).isoformat())
    assert answer.json() == {
        "letters": [
            {
                "letter": LETTER,
                "passes_at": "2026-11-25T16:00:00Z",
                "clocks": [
                    {
                        "clock": "reply",
                        "round": 1,
                        "due_on": "2026-11-25",
                        "passes_at": "2026-11-25T16:00:00Z",
                        "is_paused": False,
                        "proposed": [],
                    }
                ],
            }
        ],
        "next": None,
    }


@pytest.mark.parametrize(
    ("about", "token", "seen"),
    [
        (About(kind="unit", bureau="guangzhou", police_type="traffic"), "wu", 2),
        (About(kind="bureau", level="province"), "wu", 1),
        (About(kind="bureau", level="province"), "pv-inspection", 1),
        (About(kind="unit", bureau="guangzhou", police_type="traffic"), "pv-inspection", 0),
        (About(kind="officer", bureau="guangzhou", level="station", officer="wu"), "wu", 1),
        (About(kind="officer", bureau="guangzhou", level="station", officer="li"), "wu", 2),
    ],
)
async def test_a_complaint_is_in_no_list_of_whom_it_is_about(
    about: About, token: str, seen: int
) -> None:
    answer = await asked((RED_AT + days(9)).isoformat(), token=token, about=about)
    assert len(answer.json()["letters"]) == seen


async def test_the_next_page_begins_after_the_last_letter() -> None:
    answer = await asked((RED_AT + days(9)).isoformat(), after=f"20261125T160000.000000Z~{LETTER}")
    assert [one["letter"] for one in answer.json()["letters"]] == [OTHER]


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("mei", 403), ("chen", 403)])
async def test_only_supervisors_may_ask(token: str | None, status: int) -> None:
    answer = await asked(RED_AT.isoformat(), token=token)
    assert answer.status_code == status
    assert LETTER not in answer.text


@pytest.mark.parametrize(
    "due_before",
    ["2026-11-25T16:00:00", "soon", "", "0.5", "1795622400", "2026-11-25", "2026-11-25T16:00Z"],
)
async def test_an_instant_is_written_with_its_zone(due_before: str) -> None:
    assert (await asked(due_before)).status_code == 422


async def test_a_place_that_nobody_wrote_is_refused() -> None:
    answer = await asked(RED_AT.isoformat(), after="nonsense")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_clock_shows_what_was_proposed() -> None:
    fired = ClockFired(
        clock="reply",
        round=1,
        level="red",
        due_on=DUE,
        passed_at=RED_AT,
        progress_sequence=1,
    )
    letter = RULES.evolve(RULES.initial, ProgressHeard(fact(started()), 1))
    (clock,) = RULES.evolve(letter, fired).clocks
    assert api._shown(clock).proposed == ("red",)
