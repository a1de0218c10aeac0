"""Supervisors, chiefs and clerks could not act on a letter from its page, or act unseen."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.router.domain.allowed_actions import PROBES
from services.router.pages.decision_forms import DECISION_FORMS, EVERY_FORM
from tests.router.desk_pages import Browsers, browsers, hidden_fields, text_of
from tests.router.desking import CHIEF, MARK, WHY, begin, do, does
from tests.router.story import LETTER, OTHER, receive

HERE = f"/desk/letters/{LETTER}"
ELSEWHERE = {"reply", "sign", "send_back", "read"}
"""Actions with pages of their own."""


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Browsers]:
    """Guangzhou handles a letter and asks for more time."""
    async with browsers(tmp_path) as opened:
        await begin(opened.office)
        await does(opened.office, ("accept", "gz"), ("request_extension", "gz"))
        yield opened


async def act(at: Browsers, who: str, name: str, **fields: Any) -> str:
    """Somebody fills in the form, checks it and sends it; where the answer leads."""
    path = f"{HERE}/{name}"
    form = EVERY_FORM[name]
    if form.body is not None:
        checked = await at.send(who, path, path, step="check", **fields)
        assert checked.status_code == 200, text_of(checked.text)
        assert "Check before you go on" in text_of(checked.text)
        answer = await at.post(who, path, **hidden_fields(checked.text, path), step="send")
    else:
        answer = await at.send(who, path, path, step="send")
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"]


def test_every_action_has_a_page() -> None:
    assert set(PROBES) == (set(EVERY_FORM) - {"conflict"}) | ELSEWHERE


async def test_a_supervisor_supervises_decides_and_marks(at: Browsers) -> None:
    await act(at, "wu", "supervise")
    await act(at, "wu", "decide_extension", granted="true", days="2", text=WHY["text"])
    await act(at, "wu", "mark_petition", **MARK)
    await act(at, "wu", "mark_disclosure", **MARK)
    letter = await at.office.letter()
    assert letter.is_supervised
    assert letter.is_petition
    assert letter.is_disclosure
    assert letter.wanted is None
    assert [clock.extended for clock in letter.clocks if clock.clock == "reply"] == [2]


async def test_more_time_is_refused_with_a_reason(at: Browsers) -> None:
    path = f"{HERE}/decide_extension"
    wrong = await at.send("wu", path, path, step="check", granted="", days="2")
    assert wrong.status_code == 422
    await act(at, CHIEF, "decide_extension", granted="false", days="3", text=WHY["text"])
    assert (await at.office.letter()).remarks[-1].granted is False


async def test_a_chief_instructs_and_a_supervisor_recalls(at: Browsers) -> None:
    await act(at, CHIEF, "instruct", text="请尽快办理。")
    await act(at, "wu", "recall", reason="wrong_bureau")
    letter = await at.office.letter()
    assert (letter.state, len(letter.instructions)) == ("triage", 1)
    await act(at, "lin", "route", bureau="foshan")
    await act(at, "wu", "consent_return", reason="other_matter")
    assert (await at.office.letter()).holder == "triage"


async def test_only_a_supervisor_unmasks(at: Browsers) -> None:
    await act(at, "lin", "reclassify", category="complaint")
    assert (await at.office.letter()).masked
    await act(at, "lin", "reclassify", category="request")
    assert (await at.office.letter()).masked
    await act(at, "wu", "reclassify", category="inquiry")
    assert not (await at.office.letter()).masked


async def test_an_unclear_complaint_is_not_guessed(at: Browsers) -> None:
    path = f"{HERE}/reclassify"
    fields = {"category": "complaint", "about.bureau": "guangzhou"}
    answer = await at.send("lin", path, path, step="check", **fields)
    assert (answer.status_code, "about.kind" in answer.text) == (422, True)


@pytest.mark.parametrize("name", DECISION_FORMS)
@pytest.mark.parametrize("who", ["gz", "fs", "he", "mei", "du", "pv"])
async def test_others_have_no_such_page(at: Browsers, who: str, name: str) -> None:
    answer = await at.get(who, f"{HERE}/{name}")
    assert answer.status_code in (403, 404, 409)
    answer = await at.post(who, f"{HERE}/{name}", step="send", version="1", text="x")
    assert answer.status_code in (403, 404, 409)


async def test_a_letter_leads_to_its_draft_and_to_the_reading_list(at: Browsers) -> None:
    await at.office.receive(OTHER, receive("guangzhou", category="complaint"))
    for what in ("accept", "reply"):
        await do(at.office, what, "gz", OTHER)
    page = (await at.get(CHIEF, f"/desk/letters/{OTHER}")).text
    for name, desk in (("sign", "signing"), ("read", "reading")):
        assert f"/desk/letters/{OTHER}/{name}" in page
        answer = await at.get(CHIEF, f"/desk/letters/{OTHER}/{name}")
        assert answer.headers["location"] == f"/desk/{desk}/{OTHER}"
