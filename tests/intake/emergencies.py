"""Triage rules for tests, each on a word that no other letter has; and the duty desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from services.intake.domain.diversion import Diversion
from shared.platform.http.tokens import Person
from shared.rules.classify.triage import Rule, TriageResult
from shared.rules.text.written import Written
from shared.web.sessions import Session
from tests.intake.faces import token
from tests.intake.front import Front, front
from tests.support.sign_in import signed_in

STOP, ASK, CRIME, OTHERS = "甲危险词", "乙存疑词", "丙报案词", "丁他事词"
"""Marks in the text of a letter, for which the planted rules look."""
HERE = {"sec-fetch-site": "same-origin"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
SAYS = {
    STOP: TriageResult("emergency", evidence=("words.threat",)),
    ASK: TriageResult("accept", asks=True, evidence=("words.maybe",)),
    CRIME: TriageResult("crime_report", evidence=("words.theft",)),
    OTHERS: TriageResult("not_police", evidence=("words.others",)),
}


def planted(written: Written) -> TriageResult | None:
    """The result of the first mark in the letter."""
    text = f"{written.subject}\n{written.body}"
    return next((said for mark, said in SAYS.items() if mark in text), None)


PLANTED: tuple[Rule, ...] = (planted,)


@asynccontextmanager
async def guarded_front(folder: Path, **over: Any) -> AsyncIterator[Front]:
    """Intake under the planted rules."""
    async with front(folder, **{"rules": PLANTED, **over}) as opened:
        yield opened


async def diverted(desk: Front, mark: str = STOP, **over: Any) -> str:
    """The number of something that was diverted."""
    answer = await desk.submit(**{"body": f"写明{mark}的信", **over})
    assert answer.status_code == 422, answer.text
    number: str = answer.json()["diversion"]
    return number


async def kept(desk: Front, number: str) -> Diversion:
    """Intake's state of it."""
    state = await desk.shelf.letters.state(number)
    assert isinstance(state, Diversion)
    return state


def staff(desk: Front, *roles: str, who: str = "d-0071") -> dict[str, str]:
    """The sign-in of somebody with these roles."""
    given = token(who, at=desk.shelf.now(), roles=list(roles))
    return {"authorization": f"Bearer {given}"}


async def on_duty(
    desk: Front, path: str, body: Any = ..., *, key: str = "duty-key-01", who: str = "d-0071"
) -> httpx.Response:
    """A request of the duty desk; with a body, an action."""
    address, headers = f"/v1/duty/diversions{path}", staff(desk, "duty", who=who)
    if body is ...:
        return await desk.client.get(address, headers=headers)
    sent = None if body is None else body
    answer = await desk.client.post(address, json=sent, headers=headers | {"idempotency-key": key})
    await desk.shelf.quiet()
    return answer


async def waiting(desk: Front, standing: str = "unseen") -> list[Any]:
    """The desk's queue."""
    answer = await on_duty(desk, f"?standing={standing}")
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["diversions"]
    return found


async def duty_session(desk: Front) -> Session:
    """The session of somebody on duty in the client's browser."""
    return await signed_in(desk.client, Person("d-0071", roles=frozenset({"duty"})))


async def page(desk: Front, path: str = "", **headers: str) -> httpx.Response:
    """A page, for somebody on duty."""
    await duty_session(desk)
    return await desk.client.get(f"/duty{path}", headers=headers)


async def send(
    desk: Front, path: str, fields: str = "", headers: dict[str, str] | None = None
) -> httpx.Response:
    """A form, as a browser sends it for somebody on duty."""
    session = await duty_session(desk)
    named = HERE | FORM if headers is None else headers
    form = f"{fields}&csrf={session.csrf}" if fields else f"csrf={session.csrf}"
    answer = await desk.client.post(f"/duty{path}", content=form, headers=named)
    await desk.shelf.quiet()
    return answer


async def say(
    desk: Front, number: str, *, now: bool, key: str = "say-key-001", who: str = "chen"
) -> httpx.Response:
    """The writer answers whether it is happening now."""
    path = f"/v1/diversions/{number}/answer"
    return await desk.post(path, {"happening_now": now}, key=key, who=who)
