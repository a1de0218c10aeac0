"""Letters that staff enter at a counter or for a caller, over HTTP and on pages."""

import re
from typing import Any

import httpx
import pytest

from services.intake.domain.counter import MOST_CODES, MOST_TRIES
from services.intake.domain.letter import EnteredBy, IntakeLetter
from shared.contracts import topics
from shared.contracts.submitted_v1 import PhoneCheckRequested
from shared.platform.http.tokens import Person
from tests.intake.emergencies import CRIME, STOP, guarded_front, staff
from tests.intake.faces import is_problem, token
from tests.intake.front import Front
from tests.support.sealed_shell import opened
from tests.support.sign_in import signed_in

LETTERS = topics.SUBMITTED.name
ROLE = "bureau:guangzhou:counter"
NUMBER, PHONE = "440199198804122181", "15400010001"
VISITOR = {
    "name": "陈小禾",
    "document_type": "resident_id",
    "document_number": "440199 19880412 2181",
    "document_shown": "yes",
    "phone": PHONE,
}
LETTER = {"subject": "路牌", "body": "村口路牌坏了。", "category": "request"}
FORM = {
    "entry": "hotline",
    "reason": "no_internet",
    **{f"visitor.{name}": value for name, value in VISITOR.items()},
    **{f"letter.{name}": value for name, value in LETTER.items()},
    "letter.notice_version": "1",
    "key": "a-form-of-tests",
}
HERE = {"sec-fetch-site": "same-origin"}


def entry(**over: Any) -> dict[str, Any]:
    """What a clerk sends."""
    given = {"entry": "hotline", "reason": "no_internet", "visitor": VISITOR, "letter": LETTER}
    return given | over


async def post(
    desk: Front, path: str, body: Any = None, *, key: str = "counter-key-1", **who: Any
) -> httpx.Response:
    """A request of a clerk."""
    headers = staff(desk, who.get("role", ROLE), who=who.get("staff", "s-1"))
    headers |= {"idempotency-key": key}
    answer = await desk.client.post(f"/v1/counter{path}", json=body, headers=headers)
    await desk.shelf.quiet()
    return answer


async def entered(desk: Front, *, clerk: str = "s-1", **over: Any) -> str:
    """The number of a letter that a clerk entered."""
    answer = await post(desk, "/letters", entry(**over), staff=clerk)
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["letter"]
    return number


async def letter_of(desk: Front, number: str) -> IntakeLetter:
    found = await desk.letter(number)
    assert isinstance(found, IntakeLetter)
    return found


async def code_of(desk: Front, number: str) -> str:
    """The digits that the notifier is asked to send."""
    said = [one for one in desk.shelf.said(LETTERS) if isinstance(one.data, PhoneCheckRequested)]
    assert set(said[-1].data.words) == {"notifier"}
    text: str = opened(said[-1], "notifier").words.text
    return text


def writer(desk: Front, **claims: Any) -> dict[str, str]:
    """The sign-in of the person who was at the counter."""
    known = {"name": "陈小禾", "id_number": NUMBER, "phone_number": PHONE}
    given = token("chen-online", at=desk.shelf.now(), **known | claims)
    return {"authorization": f"Bearer {given}"}


async def test_a_letter_belongs_to_the_writer_who_follows_it_online(desk: Front) -> None:
    number = await entered(desk)
    letter = await letter_of(desk, number)
    assert letter.entered == EnteredBy("hotline", "guangzhou", "s-1", "no_internet", was_shown=True)
    assert letter.identity
    assert (letter.identity.name, letter.identity.id_number) == ("陈小禾", NUMBER)
    mine = await desk.client.get("/v1/letters", headers=writer(desk))
    assert [one["letter"] for one in mine.json()["letters"]] == [number]
    shown = await desk.client.get(f"/v1/letters/{number}", headers=writer(desk))
    assert shown.json()["entered"] == {"entry": "hotline", "bureau": "guangzhou"}
    assert "s-1" not in shown.text
    said = await desk.post(
        f"/v1/letters/{number}/addition", {"text": "又坏了"}, who=None, **writer(desk)
    )
    assert said.status_code == 202
    other = await desk.client.get(f"/v1/letters/{number}", headers=writer(desk, id_number="X1"))
    assert other.status_code == 404


async def test_the_same_key_enters_one_letter(desk: Front) -> None:
    first, again = [await post(desk, "/letters", entry()) for _ in range(2)]
    assert first.json() == again.json()
    other = entry(visitor=VISITOR | {"name": "别人"})
    assert is_problem(await post(desk, "/letters", other), "422 id_reused")


@pytest.mark.parametrize("role", ["counter", ROLE])
async def test_clerks_of_province_and_bureaus_enter_letters(desk: Front, role: str) -> None:
    assert (await post(desk, "/letters", entry(), role=role)).status_code == 201


@pytest.mark.parametrize(
    "role", ["bureau:guangzhou:handler", "supervisor", "bureau:guangzhou:traffic:counter", "duty"]
)
async def test_nobody_else_enters_letters(desk: Front, role: str) -> None:
    assert is_problem(await post(desk, "/letters", entry(), role=role), "403 not_allowed")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"entry": "fax"}, "entry"),
        ({"reason": ""}, "reason"),
        ({"visitor": VISITOR | {"document_number": "440199198804122182"}}, None),
        ({"visitor": VISITOR | {"document_type": "passport", "document_number": "X"}}, "visitor"),
        ({"visitor": VISITOR | {"phone": "none"}}, "visitor.phone"),
        ({"visitor": VISITOR | {"birthdate": 1988}}, "visitor.birthdate"),
        ({"letter": LETTER | {"body": ""}}, "letter.body"),
        ({"letter": LETTER | {"owner": "s-1"}}, "letter"),
    ],
)
async def test_what_is_wrong_is_refused_and_not_repeated(
    desk: Front, over: Any, field: str | None
) -> None:
    answer = await post(desk, "/letters", entry(**over))
    assert answer.status_code == 422
    assert answer.json()["code"] == ("invalid" if field else "bad_value")
    if field:
        assert answer.json()["errors"][0]["field"].startswith(field)
    assert "陈小禾" not in answer.text
    assert desk.shelf.said(LETTERS) == []


async def test_a_phone_is_confirmed_by_the_code_that_is_read_back(desk: Front) -> None:
    number = await entered(desk)
    sent = await post(desk, f"/letters/{number}/phone-code", key="send-code-1")
    assert (sent.status_code, sent.json()["tries_left"]) == (200, MOST_TRIES)
    code = await code_of(desk, number)
    assert code not in sent.text
    assert code not in repr(await letter_of(desk, number))
    right = await post(desk, f"/letters/{number}/phone", {"digits": code}, key="confirm-1")
    assert right.json()["phone_confirmed_at"] == "2026-11-24T04:00:00Z"
    again = await post(desk, f"/letters/{number}/phone-code", key="send-code-2")
    assert is_problem(again, "409 already_done")


async def test_a_code_ends_after_five_tries_and_after_ten_minutes(desk: Front) -> None:
    number = await entered(desk)
    assert is_problem(
        await post(desk, f"/letters/{number}/phone", {"digits": "000000"}), "409 out_of_order"
    )
    await post(desk, f"/letters/{number}/phone-code", key="send-code-1")
    code = await code_of(desk, number)
    wrong = {"digits": f"{(int(code) + 1) % 1_000_000:06}"}
    for tried in range(MOST_TRIES):
        answer = await post(desk, f"/letters/{number}/phone", wrong, key=f"confirm-{tried}")
        assert is_problem(answer, "422 wrong_code")
    right = await post(desk, f"/letters/{number}/phone", {"digits": code}, key="confirm-right")
    assert is_problem(right, "429 limit")
    await post(desk, f"/letters/{number}/phone-code", key="send-code-2")
    code = await code_of(desk, number)
    desk.shelf.now.pass_by(hours=10 / 60)
    late = await post(desk, f"/letters/{number}/phone", {"digits": code}, key="confirm-late")
    assert is_problem(late, "409 too_late")


async def test_codes_of_one_letter_are_limited(desk: Front) -> None:
    number = await entered(desk)
    for sent in range(MOST_CODES):
        answer = await post(desk, f"/letters/{number}/phone-code", key=f"send-code-{sent}")
        assert answer.status_code == 200
    assert is_problem(
        await post(desk, f"/letters/{number}/phone-code", key="send-code-more"), "429 limit"
    )


@pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", "１２３４５６", 123456, None])
async def test_a_code_of_another_form_is_refused(desk: Front, code: Any) -> None:
    number = await entered(desk)
    answer = await post(desk, f"/letters/{number}/phone", {"digits": code})
    assert is_problem(answer, "422 invalid")


@pytest.mark.parametrize("path", ["", "/phone-code", "/phone"])
async def test_a_letter_that_others_sent_or_entered_is_not_found(desk: Front, path: str) -> None:
    online, theirs = await desk.taken_in(), await entered(desk)
    for number in (online, theirs):
        if path:
            body = {"digits": "123456"} if path == "/phone" else None
            answer = await post(desk, f"/letters/{number}{path}", body, staff="s-2")
        else:
            headers = staff(desk, ROLE, who="s-2")
            answer = await desk.client.get(f"/v1/counter/letters/{number}", headers=headers)
        assert is_problem(answer, "404 not_found")


async def test_emergencies_and_crimes_are_explained_at_the_counter_too(tmp_path: Any) -> None:
    async with guarded_front(tmp_path) as desk:
        urgent = entry(letter=LETTER | {"body": f"写明{STOP}的信"})
        answer = await post(desk, "/letters", urgent)
        assert is_problem(answer, "422 emergency")
        assert answer.json()["diversion"]
        crime = LETTER | {"body": f"写明{CRIME}的信"}
        answer = await post(desk, "/letters", entry(letter=crime), key="counter-key-2")
        assert is_problem(answer, "422 crime_report")
        anyway = entry(letter=crime | {"send_anyway": "crime_report"})
        answer = await post(desk, "/letters", anyway, key="counter-key-2")
        assert answer.status_code == 201


# --- pages -------------------------------------------------------------------------------------


async def at_desk(desk: Front, *, role: str = ROLE) -> dict[str, str]:
    """A clerk's browser; returns what each form carries."""
    session = await signed_in(desk.client, Person("s-1", roles=frozenset({role})))
    return {"csrf": session.csrf}


async def send(desk: Front, path: str, form: dict[str, str]) -> httpx.Response:
    """Post a form."""
    answer = await desk.client.post(path, data=form, headers=HERE)
    await desk.shelf.quiet()
    return answer


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_a_clerk_enters_checks_sends_and_confirms(desk: Front, lang: str) -> None:
    desk.client.headers["accept-language"] = lang
    csrf = await at_desk(desk)
    assert (await desk.client.get("/counter")).status_code == 200
    checked = await send(desk, "/counter", FORM | csrf)
    assert checked.status_code == 200
    assert "村口路牌坏了。" in checked.text
    assert desk.shelf.said(LETTERS) == []
    changed = await send(desk, "/counter", FORM | csrf | {"step": "change"})
    assert 'value="陈小禾"' in changed.text
    sent = await send(desk, "/counter", FORM | csrf | {"step": "send"})
    assert sent.status_code == 303
    receipt = sent.headers["location"].partition("?")[0]
    number = receipt.rpartition("/")[2]
    page = await desk.client.get(receipt)
    assert number in page.text
    assert not re.search("陈小禾|路牌|4401", page.text)
    assert (await send(desk, f"{receipt}/phone-code", csrf | {"key": "code-1"})).status_code == 303
    code = await code_of(desk, number)
    wrong = {"digits": f"{(int(code) + 1) % 1_000_000:06}", "key": "try-1"}
    assert (await send(desk, f"{receipt}/phone", csrf | wrong)).status_code == 422
    right = csrf | {"digits": code, "key": "try-2"}
    assert (await send(desk, f"{receipt}/phone", right)).status_code == 303
    assert (await letter_of(desk, number)).phone_check


async def test_the_form_names_each_field_that_is_wrong(desk: Front) -> None:
    csrf = await at_desk(desk)
    wrong = FORM | csrf | {"visitor.document_number": "440199198804122182", "letter.body": "坏"}
    page = await send(desk, "/counter", wrong)
    assert page.status_code == 422
    assert 'href="#visitor.document_number"' in page.text
    page = await send(desk, "/counter", csrf)
    assert page.status_code == 422
    assert 'href="#letter.subject"' in page.text


async def test_a_child_without_a_guardian_and_an_old_notice_are_told_on_the_form(
    desk: Front,
) -> None:
    csrf = await at_desk(desk) | {"step": "send"}
    child = {"visitor.document_number": "440199201506011277"}
    assert (await send(desk, "/counter", FORM | csrf | child)).status_code == 422
    old = {"letter.notice_version": "0"}
    assert (await send(desk, "/counter", FORM | csrf | old)).status_code == 422
    assert desk.shelf.said(LETTERS) == []


async def test_pages_lead_with_the_numbers_to_call(tmp_path: Any) -> None:
    async with guarded_front(tmp_path) as desk:
        form = FORM | await at_desk(desk) | {"step": "send"}
        urgent = await send(desk, "/counter", form | {"letter.body": f"写明{STOP}的信"})
        assert urgent.status_code == 422
        assert "110" in urgent.text
        crime = form | {"letter.body": f"写明{CRIME}的信", "key": "another-form"}
        assert 'name="letter.send_anyway"' in (await send(desk, "/counter", crime)).text
        anyway = crime | {"letter.send_anyway": "crime_report"}
        assert (await send(desk, "/counter", anyway)).status_code == 303


@pytest.mark.parametrize("path", ["/reveals/letters/GD-0", "/reveals/waiting", "/duty", "/look-up"])
async def test_clerks_come_into_no_other_desk(desk: Front, path: str) -> None:
    await at_desk(desk)
    assert (await desk.client.get(path)).status_code == 403


async def test_pages_are_for_clerks_alone(desk: Front) -> None:
    await at_desk(desk, role="bureau:guangzhou:handler")
    assert (await desk.client.get("/counter")).status_code == 403
