"""Only supervisors see clocks and given-up messages, and no complaint about themselves."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from services.notifier import api, store
from services.notifier.api.running_clocks_schemas import clock_shown
from services.notifier.domain.delivery_queue import GiveUpDelivery
from services.notifier.domain.progress import ProgressRecorded
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.values import About
from shared.contracts.words import Contact
from shared.platform.http.application import application
from shared.platform.http.tokens import Person
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.runtime.readiness import Readiness
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
    replied,
    started,
    submitted,
)
from tests.notifier.working import OurStage
from tests.support.memory_shell import KnownPeople, memory_shell
from tests.support.moving import moment
from tests.support.sign_in import both

PEOPLE = {
    "wu": Person("wu", roles=frozenset({"supervisor"})),
    "pv-inspection": Person("pv-1", roles=frozenset({"bureau:province:inspection:handler"})),
    "mei": Person("mei", roles=frozenset({"editor"})),
    "chen": Person("chen", name="x", id_number="y"),
}


def client_of(stage: OurStage) -> httpx.AsyncClient:
    """A client of the notifier's API on that stage."""
    app = application(
        "Notifier", verifiers=both(KnownPeople(PEOPLE, now=stage.now)), ready=Readiness()
    )
    app.state.documents = stage.documents
    app.include_router(api.router)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notifier")


async def asked(
    due_before: datetime | str,
    *,
    token: str | None = "wu",
    about: About | None = None,
    **more: Any,
) -> Any:
    """The answer of a notifier with two letters; the first has a contact and `about`."""
    async with memory_shell(RULES, at=moment(20)) as stage:
        await stage.hear(SUBMITTED.name, LETTER, submitted(Contact(phone=PHONE)))
        await stage.hear(PROGRESS.name, LETTER, received(about), fact(started()))
        await stage.hear(PROGRESS.name, OTHER, fact(started(due_on=DUE + days(4))))
        async with client_of(stage) as client:
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
async def test_people_never_find_complaints_about_themselves(
    about: About, token: str, seen: int
) -> None:
    answer = await asked((RED_AT + days(9)).isoformat(), token=token, about=about)
    assert len(answer.json()["letters"]) == seen


async def test_the_next_page_begins_after_the_last_letter() -> None:
    answer = await asked((RED_AT + days(9)).isoformat(), after=f"20261125T160000.000000Z~{LETTER}")
    assert [letter["letter"] for letter in answer.json()["letters"]] == [OTHER]


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


async def test_an_invalid_place_is_refused() -> None:
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
    letter = RULES.evolve(RULES.initial, ProgressRecorded(fact(started()), 1))
    (clock,) = RULES.evolve(letter, fired).clocks
    assert clock_shown(clock).proposed == ("red",)


# --- given-up messages --------------------------------------------------------------------------


async def asked_for_given_up(
    *, token: str | None = "wu", about: About | None = None, **more: Any
) -> Any:
    """The answer of a notifier that has given up messages of two letters."""
    async with memory_shell(RULES, at=moment(20, 2)) as stage:
        for number, letter in enumerate((LETTER, OTHER)):
            await stage.hear(SUBMITTED.name, letter, submitted(Contact(phone=PHONE)))
            await stage.hear(PROGRESS.name, letter, received(about), replied())
            state = await stage.letters.state(letter)
            assert state is not None
            (message,) = state.deliveries[:1]
            at = message.expires_at + days(number)
            outcome = GiveUpDelivery(message.id, at, "503")
            await stage.commands.execute(IdempotentCommand(letter, outcome, "given-up"))
        async with client_of(stage) as client:
            return await client.get(
                "/v1/messages/given-up",
                params=more,
                headers={"authorization": f"Bearer {token}"} if token else {},
            )


async def test_given_up_messages_are_shown_latest_first() -> None:
    answer = await asked_for_given_up()
    assert [letter["letter"] for letter in answer.json()["letters"]] == [OTHER, LETTER]
    assert answer.json()["letters"][1]["messages"] == [
        {
            "message": "replied",
            "to": None,
            "due_at": "2026-11-20T02:00:00Z",
            "given_up_at": "2026-11-23T02:00:00Z",
            "code": "503",
        }
    ]
    assert PHONE not in answer.text


async def test_the_next_page_begins_where_the_last_one_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = replace(store.LATEST_GIVEN_UP, most=1)
    monkeypatch.setattr(store, "LATEST_GIVEN_UP", first)
    page = (await asked_for_given_up()).json()
    assert [letter["letter"] for letter in page["letters"]] == [OTHER]
    rest = (await asked_for_given_up(after=page["next"])).json()
    assert [letter["letter"] for letter in rest["letters"]] == [LETTER]
    assert rest["next"] is None


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("mei", 403), ("chen", 403)])
async def test_only_supervisors_see_given_up_messages(token: str | None, status: int) -> None:
    assert (await asked_for_given_up(token=token)).status_code == status


async def test_only_the_inspection_sees_complaints_about_the_department() -> None:
    about = About(kind="bureau", level="province")
    assert (await asked_for_given_up(about=about)).json()["letters"] == []
    shown = (await asked_for_given_up(token="pv-inspection", about=about)).json()
    assert len(shown["letters"]) == 2
