"""A letter is written one question a page, kept at each step, and sent once."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from services.intake.pages.writing_steps import STEPS
from shared.contracts.topics import SUBMITTED
from tests.intake.browsing import ANSWERS, as_writer, begun, send, show, version_of, written
from tests.intake.emergencies import ASK, CRIME, STOP, guarded_front
from tests.intake.front import Front
from tests.support.page_outline import page_faults


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened:
        yield opened


async def test_each_answer_leads_to_the_next_question_and_at_last_to_a_letter(
    desk: Front,
) -> None:
    csrf = await as_writer(desk)
    letter = await begun(desk)
    page = f"{letter}/kind"
    for name, answers in ANSWERS.items():
        if page == f"{letter}/files":
            assert f'href="{letter}/contact"' in (await show(desk, page)).text
            page = f"{letter}/contact"
        assert page == f"{letter}/{name}"
        given = {"version": await version_of(desk, page), **answers}
        went = await send(desk, page, csrf, **given)
        page = went.headers["location"]
    assert page == f"{letter}/check"
    shown = (await show(desk, page)).text
    assert "村口的红绿灯坏了三个月。" in shown
    assert "Guangzhou Municipal" in shown
    for _ in range(2):
        sent = await send(desk, page, csrf)
        assert sent.status_code == 303
    assert (await show(desk, page)).headers["location"] == "/my/letters", "the back button"
    [kept] = await desk.shelf.documents.find({})
    number = kept["_id"]
    state = await desk.letter(number)
    assert state.words is not None
    assert (state.words.body, state.consent_to_publish) == ("村口的红绿灯坏了三个月。", True)
    assert (state.addressed_to, state.place.city) == ("guangzhou", "guangzhou")
    assert state.contact is not None
    assert state.contact.phone == "15400007777"


async def test_city_and_entry_of_a_menu_link_are_in_the_letter(desk: Front) -> None:
    csrf = await as_writer(desk)
    went = await show(desk, "/write?to=shenzhen&entry=wechat")
    page = went.headers["location"]
    form = (await show(desk, page)).text
    assert 'name="addressed_to" value="shenzhen"' in form
    assert "Shenzhen Municipal" in form
    other = (await show(desk, "/write/x/kind?to=atlantis&entry=fax")).text
    assert 'class="mailbox"' not in other
    assert 'name="entry"' not in other
    letter = page.partition("/kind")[0]
    given = {"category": "request", "addressed_to": "shenzhen", "entry": "wechat", "version": "0"}
    await send(desk, f"{letter}/kind", csrf, **given)
    assert "Shenzhen Municipal" in (await show(desk, f"{letter}/matter")).text
    bad = await send(desk, f"{letter}/kind", csrf, category="request", entry="fax", version="1")
    assert bad.status_code == 422


async def test_what_is_not_valid_stays_on_its_page_with_what_was_typed(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await begun(desk)
    for name, bad in (
        ("kind", {"category": "praise"}),
        ("mailbox", {"addressed_to": ""}),
        ("where", {"place.city": "atlantis"}),
        ("matter", {"subject": "", "body": "typed text"}),
        ("matter", {"subject": "x", "body": "y" * 10_001}),
        ("contact", {"contact.phone": "12x"}),
        ("consent", {}),
        ("about", {"on_behalf": "child"}),
    ):
        refused = await send(desk, f"{letter}/{name}", csrf, version="0", **bad)
        assert refused.status_code == 422, name
        assert bad.get("body", "")[:50] in refused.text
    assert (await show(desk, "/write")).status_code == 303
    sent = await send(desk, f"{letter}/check", csrf)
    assert sent.headers["location"] == "/my/letters"
    assert await desk.shelf.documents.find({}) == []


async def test_an_incomplete_letter_says_what_is_missing_and_is_not_sent(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await begun(desk)
    await send(desk, f"{letter}/kind", csrf, category="request", version="0")
    shown = await show(desk, f"{letter}/check")
    assert shown.text.count("to be filled in") == 3
    assert "Send the letter" not in shown.text
    assert (await send(desk, f"{letter}/check", csrf)).status_code == 422
    assert await desk.shelf.documents.find({}) == []


async def test_a_change_in_another_window_loses_nothing(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await begun(desk)
    await send(desk, f"{letter}/kind", csrf, category="request", version="0")
    first = {"subject": "first", "body": "of this window", "version": "1"}
    await send(desk, f"{letter}/matter", csrf, **first)
    second = {"subject": "second", "body": "of the other window", "version": "1"}
    refused = await send(desk, f"{letter}/matter", csrf, **second)
    assert refused.status_code == 409
    assert "of the other window" in refused.text
    again = {**second, "version": re.findall(r'name="version" value="(\d+)"', refused.text)[0]}
    assert (await send(desk, f"{letter}/matter", csrf, **again)).status_code == 303
    assert "of the other window" in (await show(desk, f"{letter}/matter")).text


async def test_half_a_text_is_saved_while_it_is_written(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await begun(desk)
    await send(desk, f"{letter}/kind", csrf, category="request", version="0")
    shown = (await show(desk, f"{letter}/matter")).text
    assert 'data-autosave="20"' in shown
    half: dict[str, str] = {"subject": "", "body": f"{STOP} half a sen", "step": "autosave"}
    saved = await send(desk, f"{letter}/matter", csrf, **half, version="1")
    assert saved.json() == {"draft": 2}
    late = await send(desk, f"{letter}/matter", csrf, **half | {"body": "x"}, version="1")
    assert late.status_code == 412
    long = await send(desk, f"{letter}/matter", csrf, **half | {"body": "y" * 10_001}, version="2")
    assert long.status_code == 422
    shown = (await show(desk, f"{letter}/matter")).text
    assert "half a sen" in shown
    assert 'name="version" value="2"' in shown
    assert await desk.shelf.documents.find({}) == []


@pytest.mark.parametrize("whom", ["nobody", "officer"])
async def test_a_complaint_says_whom_it_is_about(desk: Front, whom: str) -> None:
    csrf = await as_writer(desk)
    about = {"about.kind": whom, "about.bureau": "guangzhou", "on_behalf": ""}
    letter = await written(desk, csrf, kind={"category": "complaint"}, about=about)
    assert f'value="{whom}" checked' in (await show(desk, f"{letter}/about")).text
    sent = await send(desk, f"{letter}/check", csrf)
    assert sent.status_code == 303
    event = desk.shelf.said(SUBMITTED.name)[0].data
    assert (event.about.kind if event.about else "nobody") == whom


async def test_urgent_words_are_answered_before_they_are_sent(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await begun(desk)
    given = {"subject": "x", "body": f"写明{STOP}的信", "version": "0"}
    told = await send(desk, f"{letter}/matter", csrf, **given)
    assert 'href="tel:110"' in told.text
    assert "It is not sent yet" in told.text
    assert await desk.shelf.documents.find({}) == []


@pytest.mark.parametrize(("mark", "status"), [(STOP, 422), (ASK, 422)])
async def test_an_emergency_that_is_sent_goes_to_the_duty_desk(
    desk: Front, mark: str, status: int
) -> None:
    csrf = await as_writer(desk)
    letter = await written(desk, csrf, matter={"subject": "x", "body": f"写明{mark}的信"})
    told = await send(desk, f"{letter}/check", csrf)
    assert told.status_code == status
    assert 'href="tel:110"' in told.text
    assert ("/my/emergencies/" in told.text) == (mark == ASK)


async def test_a_crime_report_is_explained_and_sent_all_the_same(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await written(desk, csrf, matter={"subject": "x", "body": f"写明{CRIME}的信"})
    told = await send(desk, f"{letter}/check", csrf)
    assert (told.status_code, "not a report to the police" in told.text) == (422, True)
    assert 'value="crime_report"' in told.text
    sent = await send(desk, f"{letter}/check", csrf, send_anyway="crime_report")
    assert sent.headers["location"].endswith("?done=sent")


async def test_a_letter_on_the_same_matter_leads_to_the_open_one(desk: Front) -> None:
    csrf = await as_writer(desk)
    await send(desk, f"{await written(desk, csrf)}/check", csrf)
    letter = await written(desk, csrf)
    told = await send(desk, f"{letter}/check", csrf)
    [open_letter] = await desk.shelf.documents.find({})
    assert (told.status_code, "on the same matter" in told.text) == (409, True)
    assert f"/my/letters/{open_letter['_id']}/addition" in told.text
    assert page_faults(told.text, lang="en") == []
    sent = await send(desk, f"{letter}/check", csrf, send_anyway="same_matter")
    assert sent.headers["location"].endswith("?done=sent")


async def test_unfinished_letters_are_listed_resumed_and_erased(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await begun(desk)
    given = {"subject": "Half a letter", "body": "x", "version": "0"}
    await send(desk, f"{letter}/matter", csrf, **given)
    assert "Half a letter" in (await show(desk, "/write")).text
    assert f'action="{letter}/erase"' in (await show(desk, f"{letter}/check")).text
    await as_writer(desk, "huang")
    assert (await show(desk, "/write")).status_code == 303
    assert "Half a letter" not in (await show(desk, f"{letter}/check")).text
    csrf = await as_writer(desk)
    assert (await send(desk, f"{letter}/erase", csrf)).status_code == 303
    assert (await show(desk, "/write")).status_code == 303


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_pages_are_whole_in_one_language(desk: Front, lang: str) -> None:
    csrf = await as_writer(desk)
    letter = await written(desk, csrf)
    desk.client.cookies.set("mailbox_lang", lang)
    for path in ("/write", *(f"{letter}/{name}" for name in (*STEPS, "check"))):
        shown = await show(desk, path)
        assert shown.status_code == 200
        assert page_faults(shown.text, lang=lang) == []
        assert shown.headers["cache-control"] == "no-store"


async def test_a_child_says_which_guardian_agrees_and_writes_for_somebody_else(
    desk: Front,
) -> None:
    csrf = await as_writer(desk, id_number="440199201506011277")
    about = {"about.kind": "nobody", "on_behalf": "parent", "writer.acting_as": "relative"}
    letter = await written(desk, csrf, kind={"category": "complaint"}, about=about)
    assert "guardian" in (await show(desk, f"{letter}/check")).text
    refused = await send(desk, f"{letter}/check", csrf)
    assert refused.status_code == 422
    page = f"{letter}/guardian"
    guardian = {"name": "安大树", "phone": "15400009999", "relation": "parent"}
    given = {f"writer.guardian.{name}": value for name, value in guardian.items()}
    version = {"version": await version_of(desk, page)}
    wrong = await send(desk, page, csrf, **version, **given | {"writer.guardian.phone": "none"})
    assert wrong.status_code == 422
    assert (await send(desk, page, csrf, **version, **given)).status_code == 303
    assert "安大树" in (await show(desk, page)).text
    assert (await send(desk, f"{letter}/check", csrf)).status_code == 303
    [kept] = await desk.shelf.documents.find({})
    state = await desk.letter(kept["_id"])
    assert state.identity is not None
    assert state.identity.guardian is not None
    assert state.identity.guardian.model_dump() == guardian
    said = desk.shelf.said(SUBMITTED.name)[0].data.writer
    assert (said.age_group, said.acting_as, said.on_behalf) == ("under_14", "relative", "parent")


async def test_others_are_not_asked_for_a_guardian(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await written(desk, csrf)
    assert "guardian" not in (await show(desk, f"{letter}/check")).text


async def test_a_form_that_the_database_cant_take_is_sent_again_from_the_page(desk: Front) -> None:
    csrf = await as_writer(desk)
    letter = await begun(desk)
    desk.drafts.failures.append("before")
    given = {"subject": "x", "body": 'two lines\n"quoted"', "version": "0"}
    away = await send(desk, f"{letter}/matter", csrf, **given)
    assert (away.status_code, "Try again" in away.text) == (503, True)
    assert f'action="{letter}/matter"' in away.text
    form = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', away.text)
    again = {name: unescape(value) for name, value in form}
    assert again == {"csrf": csrf, **given}
    assert (await send(desk, f"{letter}/matter", **again)).status_code == 303
    assert "two lines" in (await show(desk, f"{letter}/matter")).text


async def test_an_own_letter_on_the_same_matter_is_offered_before_another_is_written(
    desk: Front,
) -> None:
    given = ANSWERS["matter"]
    known = await desk.taken_in(**given)
    csrf = await as_writer(desk)
    letter = await begun(desk)
    first = {**ANSWERS["kind"], "version": "0"}
    await send(desk, f"{letter}/kind", csrf, **first)
    told = await send(desk, f"{letter}/matter", csrf, **given, version="1")
    assert told.status_code == 200
    assert f"/my/letters/{known}/addition" in told.text
    assert f'href="{letter}/files"' in told.text
    await as_writer(desk, "huang")
    assert known not in (await show(desk, f"{letter}/matter")).text
