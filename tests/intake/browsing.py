"""Writers with browsers at intake's pages."""

import re
from datetime import date
from typing import Any

import httpx

from shared.contracts.progress_v1 import LetterDeclined, WriterAsked
from shared.contracts.words import Note, ReplyText
from shared.platform.http.tokens import Person
from tests.intake.front import CITIZEN, PEOPLE, Front
from tests.intake.story import clock, fact, replied
from tests.support.sign_in import BROWSER, signed_in

ENGLISH = {**BROWSER, "accept-language": "en"}


async def as_writer(desk: Front, who: str = "chen", **over: str) -> str:
    """Change to a writer's browser; return the token of its forms. `over`: other claims."""
    desk.client.cookies.clear()
    given = {**PEOPLE.get(who, CITIZEN), **over}
    person = Person(
        who, name=given["name"], id_number=given["id_number"], phone=given["phone_number"]
    )
    return (await signed_in(desk.client, person)).csrf


async def show(desk: Front, path: str) -> httpx.Response:
    """Open a page in English."""
    return await desk.client.get(path, headers=ENGLISH)


async def send(desk: Front, path: str, csrf: str, **fields: Any) -> httpx.Response:
    """Send a form, and wait until its events are out."""
    answer = await desk.client.post(path, data={"csrf": csrf} | fields, headers=ENGLISH)
    await desk.shelf.quiet()
    return answer


def key_of(form: httpx.Response) -> str:
    """The idempotency key of a form."""
    found = re.search(r'name="key" value="([0-9a-f]{32})"', form.text)
    assert found is not None
    return found[1]


ASKED = fact(
    WriterAsked,
    state="supplement",
    question=1,
    answer_by=date(2026, 12, 1),
    words=Note(text="哪一盏灯？"),
)
DECLINED = fact(
    LetterDeclined,
    state="declined",
    decline_reason="outside_jurisdiction",
    where_to_turn="12345",
    appeal_by=date(2026, 12, 24),
    words=ReplyText(text="不属于公安机关职责。"),
)
REPLIED = replied().model_copy(update={"clocks": (clock("rating", "started", date(2026, 12, 24)),)})
ANSWERS = {
    "kind": {"category": "request"},
    "mailbox": {"addressed_to": "guangzhou"},
    "where": {"place.city": "guangzhou", "place.detail": "村口"},
    "matter": {"subject": "红绿灯坏了", "body": "村口的红绿灯坏了三个月。"},
    "contact": {"contact.phone": "15400007777"},
    "consent": {"consent_to_publish": "yes"},
}
"""The answers of a letter, by the step that asks for them."""


async def version_of(desk: Front, page: str) -> str:
    """The version of the draft that the form was made from."""
    found = re.search(r'name="version" value="(\d+)"', (await show(desk, page)).text)
    assert found is not None
    return found[1]


async def begun(desk: Front, query: str = "") -> str:
    """The address of a new letter."""
    went = await show(desk, f"/write{query}")
    assert went.status_code == 303
    return str(went.headers["location"]).partition("/kind")[0]


async def written(desk: Front, csrf: str, **over: dict[str, str]) -> str:
    """The address of a letter with all answers."""
    letter = await begun(desk)
    for name, answers in (ANSWERS | over).items():
        page = f"{letter}/{name}"
        given = {"version": await version_of(desk, page), **answers}
        saved = await send(desk, page, csrf, **given)
        assert saved.status_code in {200, 303}, saved.text
    return letter
