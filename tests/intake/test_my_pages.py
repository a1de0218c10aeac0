"""Writers read their letters and act on them in a browser, by the same rules as over the API."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.contracts.published_v1 import LetterPublished, PublicationWithdrawn
from shared.contracts.topics import PUBLISHED
from shared.platform.http.tokens import Person
from shared.web.qr_code import qr_code
from tests.intake.browsing import (
    ASKED,
    DECLINED,
    ENGLISH,
    REPLIED,
    as_writer,
    key_of,
    send,
    show,
)
from tests.intake.emergencies import ASK, STOP, diverted, guarded_front
from tests.intake.front import READING_ROOM, Front
from tests.intake.story import NOON, received, replied, routed
from tests.support.page_outline import page_faults
from tests.support.sign_in import signed_in

TRICK = "<script>alert(1)</script>\"'&<img src=x>"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened:
        yield opened


async def test_a_writer_sees_the_own_letters_and_nobody_elses(desk: Front) -> None:
    mine = await desk.taken_in(subject=TRICK)
    other = await desk.taken_in("huang")
    await as_writer(desk)
    shown = await show(desk, "/my/letters")
    assert mine in shown.text
    assert other not in shown.text
    assert TRICK not in shown.text
    assert (await show(desk, f"/my/letters/{mine}")).status_code == 200
    foreign, unknown = [
        await show(desk, f"/my/letters/{number}") for number in (other, "GD-0000-0000-0000-0000-0")
    ]
    assert (foreign.status_code, foreign.text.replace(other, "")) == (
        404,
        unknown.text.replace("GD-0000-0000-0000-0000-0", ""),
    )


async def test_without_a_session_pages_lead_to_the_citizens_sign_in(desk: Front) -> None:
    number = await desk.taken_in()
    desk.client.cookies.clear()
    for path in ("/my/letters", f"/my/letters/{number}", f"/my/letters/{number}/addition"):
        answer = await show(desk, path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/my/sign-in?to=")
    await signed_in(desk.client, Person("s-1", name="s-1", roles=frozenset({"duty"})))
    assert (await show(desk, "/my/letters")).status_code == 303


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_pages_are_whole_in_one_language(desk: Front, lang: str) -> None:
    number = await desk.taken_in()
    await desk.progress(number, received(), routed(), ASKED)
    await as_writer(desk)
    desk.client.cookies.set("mailbox_lang", lang)
    for path in ("", f"/{number}", f"/{number}/answer", f"/{number}/contact"):
        shown = await show(desk, f"/my/letters{path}")
        assert shown.status_code == 200
        assert page_faults(shown.text, lang=lang) == []
        assert shown.headers["cache-control"] == "no-store"


async def test_a_question_is_answered_once_however_often_the_form_is_sent(desk: Front) -> None:
    number = await desk.taken_in()
    await desk.progress(number, received(), routed(), ASKED)
    csrf = await as_writer(desk)
    page = f"/my/letters/{number}"
    assert "哪一盏灯？" in (await show(desk, page)).text
    form = await show(desk, f"{page}/answer")
    assert (await send(desk, f"{page}/answer", csrf, question="1", text=" ")).status_code == 422
    given = {"key": key_of(form), "question": "1", "text": "路口东侧那盏。"}
    for _ in range(2):
        answer = await send(desk, f"{page}/answer", csrf, **given)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?done=answer")
    assert [each.kind for each in (await desk.letter(number)).requests] == ["answer"]
    assert "路口东侧那盏。" in (await show(desk, f"{page}?done=answer")).text


async def test_what_can_be_done_depends_on_where_the_letter_stands(desk: Front) -> None:
    number = await desk.taken_in()
    csrf = await as_writer(desk)
    page = f"/my/letters/{number}"
    assert (await show(desk, f"{page}/rating")).status_code == 409
    assert (await show(desk, f"{page}/withdrawal")).status_code == 200
    await desk.progress(number, received(), routed(), REPLIED)
    shown = (await show(desk, page)).text
    assert {f'href="{page}/{kind}"' in shown for kind in ("rating", "reopening")} == {True}
    assert f'href="{page}/appeal"' not in shown
    assert (await show(desk, f"{page}/withdrawal")).status_code == 409
    rated = await send(desk, f"{page}/rating", csrf, solved="no", score="2", comment="还没修")
    assert rated.status_code == 303
    assert (await show(desk, f"{page}/rating")).status_code == 409
    desk.shelf.now.pass_by(days=40)
    csrf = await as_writer(desk)
    assert (await show(desk, f"{page}/reopening")).status_code == 409


async def test_a_refusal_says_where_to_turn_and_can_be_appealed(desk: Front) -> None:
    number = await desk.taken_in()
    await desk.progress(number, received(), routed(), DECLINED)
    csrf = await as_writer(desk)
    page = f"/my/letters/{number}"
    shown = (await show(desk, page)).text
    assert 'href="tel:12345"' in shown
    assert (await send(desk, f"{page}/appeal", csrf, text="属于公安职责。")).status_code == 303
    assert (await show(desk, f"{page}/appeal")).status_code == 409


async def test_an_emergency_in_an_addition_says_what_to_do_now(desk: Front) -> None:
    number = await desk.taken_in()
    csrf = await as_writer(desk)
    told = await send(
        desk,
        f"/my/letters/{number}/addition",
        csrf,
        text=f"写明{STOP}的补充",
    )
    assert told.status_code == 200
    assert 'href="tel:110"' in told.text
    assert "has gone to your letter" in told.text


async def test_contact_and_consent_are_changed(desk: Front) -> None:
    number = await desk.taken_in()
    csrf = await as_writer(desk)
    page = f"/my/letters/{number}"
    assert (await send(desk, f"{page}/consent", csrf, to_publish="no")).status_code == 303
    assert (await desk.letter(number)).consent_to_publish is False
    new = {"contact.phone": "15400007777", "contact.email": "", "address": ""}
    assert (await send(desk, f"{page}/contact", csrf, **new)).status_code == 303
    contact = (await desk.letter(number)).contact
    assert contact is not None
    assert (contact.phone, contact.email) == ("15400007777", None)
    bad = {"contact.phone": "12x"}
    assert (await send(desk, f"{page}/contact", csrf, **bad)).status_code == 422


async def test_forms_of_others_change_nothing(desk: Front) -> None:
    number = await desk.taken_in()
    csrf = await as_writer(desk, "huang")
    path = f"/my/letters/{number}/addition"
    assert (await send(desk, path, csrf, text="x")).status_code == 404
    csrf = await as_writer(desk)
    assert (await send(desk, path, "other", text="x")).status_code == 403
    other_site = {**ENGLISH, "sec-fetch-site": "cross-site"}
    sent = await desk.client.post(path, data={"csrf": csrf, "text": "x"}, headers=other_site)
    assert sent.status_code == 403
    assert (await desk.letter(number)).requests == ()


async def test_a_form_of_another_sign_in_shows_its_sender_what_was_typed(desk: Front) -> None:
    """Such as a form in a second tab, when somebody has signed out in the first one."""
    number = await desk.taken_in()
    csrf = await as_writer(desk)
    path, form = f"/my/letters/{number}/addition", {"csrf": csrf, "text": "long words <b>"}
    for again in (True, False):
        desk.client.cookies.clear()
        if again:
            await as_writer(desk)
        for site, shown in (("same-origin", True), ("cross-site", False)):
            headers = {**ENGLISH, "sec-fetch-site": site}
            told = await desk.client.post(path, data=form, headers=headers)
            assert told.status_code == 403
            assert ("long words &lt;b&gt;" in told.text) == shown
            assert csrf not in told.text
    assert (await desk.letter(number)).requests == ()


async def test_a_form_sent_after_the_sessions_end_is_kept(desk: Front) -> None:
    number = await desk.taken_in()
    csrf = await as_writer(desk)
    path = f"/my/letters/{number}/addition"
    desk.shelf.now.pass_by(minutes=31)
    late = await send(desk, path, csrf, text="写了很久的补充")
    assert late.headers["location"].startswith("/my/sign-in/again?")
    assert (await desk.letter(number)).requests == ()


async def test_a_possible_emergency_is_answered_on_its_page(desk: Front) -> None:
    diversion = await diverted(desk, ASK)
    csrf = await as_writer(desk)
    page = f"/my/emergencies/{diversion}"
    assert "Is it happening now?" in (await show(desk, page)).text
    assert (await send(desk, page, csrf)).status_code == 422
    said = await send(desk, page, csrf, happening_now="no")
    assert said.headers["location"].startswith("/my/letters/GD-")
    await as_writer(desk, "huang")
    assert (await show(desk, page)).status_code == 404


async def test_a_published_letter_leads_to_its_public_page(desk: Front) -> None:
    number = await desk.taken_in()
    await desk.progress(number, received(), routed(), replied())
    await as_writer(desk)
    said = LetterPublished(publication="P-1", path="/publications/P-1", published_at=NOON)
    await desk.shelf.hear_events(PUBLISHED.name, number, said)
    link = f'href="{READING_ROOM}/publications/P-1"'
    assert link in (await show(desk, f"/my/letters/{number}")).text
    gone = PublicationWithdrawn(publication="P-1", reason="problem")
    await desk.shelf.hear_events(PUBLISHED.name, number, gone)
    assert link not in (await show(desk, f"/my/letters/{number}")).text


async def test_a_writer_takes_away_notice_receipt_and_data(desk: Front) -> None:
    number = await desk.taken_in()
    await desk.progress(number, received(), routed())
    receipt = f"/my/letters/{number}/receipt.json"
    assert (await show(desk, receipt)).status_code == 303, "to the sign-in"
    await as_writer(desk)
    shown = (await show(desk, f"/my/letters/{number}")).text
    links = set(re.findall(r'href="(/[^"?#]*)"', shown)) - {"/leave", "/display"}
    assert {f"/my/letters/{number}/{name}" for name in ("notice", "receipt.json")} <= links
    for path in links:
        assert (await show(desk, path)).status_code in {200, 303}, path
    code = qr_code(f"https://mailbox.example.cn/my/letters/{number}")
    for path in ("", "?done=sent", "/notice"):
        assert (await show(desk, f"/my/letters/{number}{path}")).text.count(code) == 1
    assert "attachment" in (await show(desk, receipt)).headers["content-disposition"]
    data = await show(desk, "/my/data")
    assert number in data.text
    assert "attachment" in data.headers["content-disposition"]
    await as_writer(desk, "huang")
    for path in ("notice", "receipt.json"):
        assert (await show(desk, f"/my/letters/{number}/{path}")).status_code == 404
    assert number not in (await show(desk, "/my/data")).text
