"""Words of an emergency are answered wherever a writer or a clerk types them on a page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.intake.pages.request_forms import FORMS, FormName
from services.intake.pages.writing_steps import STEPS
from shared.platform.http.tokens import Person
from tests.intake.browsing import ASKED, DECLINED, REPLIED, as_writer, send
from tests.intake.emergencies import STOP, guarded_front, waiting
from tests.intake.front import Front, body
from tests.intake.story import received, routed
from tests.support.sign_in import signed_in

ROLE = "bureau:guangzhou:counter"
CALL = 'class="lines"'
"""The services to call, besides the number at the foot of each page."""
TYPED = {"text", "area"}
PLACES = [
    (name, asked.name)
    for name, step in STEPS.items()
    for asked in step.fields
    if asked.kind in TYPED
]
LETTERS = {"answer": (ASKED,), "rating": (REPLIED,), "reopening": (REPLIED,), "appeal": (DECLINED,)}
WORDS = [
    (name, asked.name)
    for name, form in FORMS.items()
    for asked in form.fields
    if asked.kind in TYPED and asked.name not in {"contact.phone", "contact.email"}
]
"""A phone and an address of e-mail have no words in them."""
WHOLE = {
    "answer": {"question": "1"},
    "rating": {"solved": "no", "score": "1"},
    "contact": {"contact.phone": "15400007777"},
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened:
        yield opened


async def letter(desk: Front, name: str) -> str:
    """The page of a letter where that form can be used."""
    number = await desk.taken_in()
    await desk.progress(number, received(), routed(), *LETTERS.get(name, ()))
    return f"/my/letters/{number}/{name}"


async def test_each_step_says_whom_to_call_even_if_it_is_not_valid(desk: Front) -> None:
    csrf = await as_writer(desk)
    for step, field in PLACES:
        told = await send(desk, f"/write/{step}-{field[-4:]}/{step}", csrf, **{field: STOP})
        assert CALL in told.text, field
        assert "nobody has read it" in told.text
    assert await waiting(desk) == []


@pytest.mark.parametrize(("name", "field"), WORDS)
async def test_a_form_about_a_letter_says_whom_to_call_and_the_duty_desk_has_it(
    desk: Front, name: FormName, field: str
) -> None:
    page = await letter(desk, name)
    csrf = await as_writer(desk)
    told = await send(desk, page, csrf, **WHOLE.get(name, {}), **{field: f"现在{STOP}"})
    assert CALL in told.text
    assert "The duty desk has what you wrote" in told.text
    assert len(await waiting(desk)) == 1


async def test_a_form_that_is_not_valid_says_whom_to_call_and_keeps_the_words(desk: Front) -> None:
    page = await letter(desk, "rating")
    csrf = await as_writer(desk)
    told = await send(desk, page, csrf, comment=f"现在{STOP}")
    assert (told.status_code, CALL in told.text) == (422, True)
    assert told.text.count(STOP) == 1
    assert len(await waiting(desk)) == 1


async def test_a_call_for_help_typed_as_the_place_is_no_letter(desk: Front) -> None:
    place = {"city": "guangzhou", "detail": f"地下室{STOP}"}
    answer = await desk.post("/v1/letters", body(place=place))
    assert answer.json()["code"] == "emergency"


async def test_a_clerk_hears_it_before_the_letter_is_sent(desk: Front) -> None:
    session = await signed_in(desk.client, Person("s-1", roles=frozenset({ROLE})))
    told = await send(desk, "/counter", session.csrf, **{"letter.body": STOP})
    assert (told.status_code, "Put them through to 110" in told.text) == (422, True)
