"""Clerks would lose decisions, decide twice, or send a letter where it must not go."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.router.pages.triage_decisions import TriageDecisions
from services.router.store.desk_leases import LASTS
from services.router.store.pending_decisions import ABANDONED, UNDO
from shared.contracts.words import LetterText
from shared.kernel.letter_number import new_letter_number
from tests.router.desk_pages import Browsers, browsers, hidden_fields, text_of
from tests.router.desking import REFUSAL, do
from tests.router.story import LETTER, OTHER, later, receive

HERE = "/desk/triage"
THIRD = new_letter_number(bytes(range(40, 50)))


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Browsers]:
    """Two letters wait, the older one without a place."""
    async with browsers(tmp_path) as opened:
        await opened.office.receive(LETTER, receive(None, received_at=later(-2)))
        words = LetterText(subject="户口迁移", body="请问户口怎么迁？")
        await opened.office.receive(OTHER, receive(None, words=words))
        await opened.refresh()
        yield opened


async def ten_seconds(at: Browsers) -> None:
    """The time to undo passes, and the loop looks."""
    at.office.shelf.now.pass_by(seconds=UNDO.total_seconds())
    await TriageDecisions(at.desk, at.tools.pending).carry_out()
    await at.office.shelf.quiet()


async def routed(
    at: Browsers, who: str = "lin", letter: str = LETTER, bureau: str = "foshan"
) -> str:
    """A clerk routes the letter on their page; where the answer leads."""
    page, path = f"{HERE}?letter={letter}", f"{HERE}/{letter}/route"
    answer = await at.send(who, page, path, bureau=bureau)
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"]


async def test_the_oldest_letter_comes_first_with_what_is_known(at: Browsers) -> None:
    shown = text_of((await at.get("lin", HERE)).text)
    assert LETTER in shown
    assert "Where does this letter go?" in shown
    assert "2 letters wait" in shown


async def test_a_letter_counts_as_soon_as_it_waits(at: Browsers) -> None:
    await at.office.receive(THIRD, receive(None, received_at=later(0)))
    assert "3 letters wait" in text_of((await at.get("lin", HERE)).text)


async def test_no_bureau_is_chosen_without_evidence(at: Browsers) -> None:
    shown = (await at.get("lin", HERE)).text
    assert re.search(r'type="radio"[^>]* value="province"', shown)
    assert not re.search(r'type="radio"[^>]* checked', shown)
    answer = await at.send("lin", f"{HERE}?letter={LETTER}", f"{HERE}/{LETTER}/route")
    assert answer.status_code == 422


async def test_two_clerks_never_get_the_same_letter(at: Browsers) -> None:
    assert LETTER in (await at.get("lin", HERE)).text
    assert f"{HERE}/{OTHER}/route" in (await at.get("second", HERE)).text
    assert f"{HERE}/{LETTER}/route" in (await at.get("lin", HERE)).text
    at.office.shelf.now.pass_by(seconds=LASTS.total_seconds() + 1)
    assert f"{HERE}/{LETTER}/route" in (await at.get("second", HERE)).text


async def test_a_routed_letter_goes_after_ten_seconds_and_not_before(at: Browsers) -> None:
    await routed(at)
    shown = text_of((await at.get("lin", HERE)).text)
    assert "Undo" in shown
    assert OTHER in shown
    assert (await at.office.letter()).state == "triage"
    await ten_seconds(at)
    letter = await at.office.letter()
    assert (letter.state, letter.holder) == ("routed", "foshan")
    assert not at.pending.kept


async def test_a_decision_is_undone_and_nothing_has_happened(at: Browsers) -> None:
    await routed(at)
    answer = await at.send("lin", HERE, f"{HERE}/undo")
    assert answer.headers["location"] == f"{HERE}?letter={LETTER}&done=undone"
    await ten_seconds(at)
    assert (await at.office.letter()).state == "triage"
    assert "Undone" in text_of((await at.get("lin", answer.headers["location"])).text)


async def test_it_is_too_late_to_undo_what_was_carried_out(at: Browsers) -> None:
    await routed(at)
    shown = await at.get("lin", HERE)
    await ten_seconds(at)
    answer = await at.post("lin", f"{HERE}/undo", number=LETTER)
    assert answer.headers["location"] == f"{HERE}?done=too_late"
    assert shown.status_code == 200
    assert (await at.office.letter()).holder == "foshan"


async def test_a_process_that_dies_with_a_claim_loses_nothing(at: Browsers) -> None:
    await routed(at)
    at.office.shelf.now.pass_by(seconds=UNDO.total_seconds())
    assert len(await at.tools.pending.due()) == 1
    await ten_seconds(at)
    assert (await at.office.letter()).state == "triage"
    at.office.shelf.now.pass_by(seconds=ABANDONED.total_seconds() + 1)
    await ten_seconds(at)
    assert (await at.office.letter()).holder == "foshan"


async def test_a_double_submit_routes_once(at: Browsers) -> None:
    shown = await at.get("lin", HERE)
    fields = hidden_fields(shown.text, f"{HERE}/{LETTER}/route")
    for _ in range(2):
        answer = await at.post("lin", f"{HERE}/{LETTER}/route", **fields, bureau="foshan")
        assert answer.status_code == 303
    await ten_seconds(at)
    assert (await at.office.letter()).assignment == 1


async def test_nothing_is_chosen_that_the_letter_may_not_reach(at: Browsers) -> None:
    page, path = f"{HERE}?letter={LETTER}", f"{HERE}/{LETTER}/reclassify"
    answer = await at.send(
        *("lin", path, path),
        **{"category": "complaint", "about.kind": "bureau", "about.bureau": "guangzhou"},
    )
    assert answer.status_code == 303, text_of(answer.text)
    refused = await at.send("lin", page, f"{HERE}/{LETTER}/route", bureau="foshan", other="moon")
    assert refused.status_code == 422
    assert "Choose the bureau" in text_of(refused.text)
    await ten_seconds(at)
    assert (await at.office.letter()).about is not None
    shown = (await at.get("lin", page)).text
    assert 'value="guangzhou"' not in shown.partition("<aside>")[2]


async def test_routing_after_a_correction_needs_another_look(at: Browsers) -> None:
    path = f"{HERE}/{LETTER}/reclassify"
    await at.send("lin", path, path, category="inquiry")
    assert await routed(at) == HERE
    assert (await at.office.letter()).category == "inquiry"
    await ten_seconds(at)
    assert (await at.office.letter()).holder == "foshan"


async def test_a_refusal_is_checked_and_keeps_its_words(at: Browsers) -> None:
    path = f"{HERE}/{LETTER}/decline"
    wrong = await at.send("lin", path, path, step="check", text=REFUSAL["text"])
    assert wrong.status_code == 422
    assert REFUSAL["text"] in wrong.text
    checked = await at.send("lin", path, path, step="check", **REFUSAL)
    assert "Check the refusal" in text_of(checked.text)
    fields = hidden_fields(checked.text, path)
    back = await at.post("lin", path, **(fields | {"step": "change"}))
    assert REFUSAL["text"] in back.text
    assert "Check the refusal" not in text_of(back.text)
    assert (await at.post("lin", path, **(fields | {"step": "send"}))).status_code == 303
    assert REFUSAL["text"] not in str(at.pending.kept)
    await ten_seconds(at)
    letter = await at.office.letter()
    assert letter.state == "signing"
    assert letter.draft
    assert letter.draft.words
    assert letter.draft.words.text == REFUSAL["text"]


async def test_what_a_rule_refuses_meanwhile_is_shown_to_its_clerk(at: Browsers) -> None:
    await routed(at)
    await at.office.route(LETTER, "shenzhen")
    await ten_seconds(at)
    assert (await at.office.letter()).holder == "shenzhen"
    shown = text_of((await at.get("lin", HERE)).text)
    assert "Not carried out" in shown
    await at.send("lin", HERE, f"{HERE}/dismiss")
    assert "Not carried out" not in text_of((await at.get("lin", HERE)).text)


async def test_a_letter_that_changed_is_read_again(at: Browsers) -> None:
    shown = await at.get("lin", f"{HERE}?letter={LETTER}")
    fields = hidden_fields(shown.text, f"{HERE}/{LETTER}/route")
    await do(at.office, "reclassify", "lin", category="inquiry")
    answer = await at.post("lin", f"{HERE}/{LETTER}/route", **fields, bureau="foshan")
    assert answer.status_code == 409
    assert "has changed" in text_of(answer.text)
    assert re.search(r'value="foshan"[^>]* (selected|checked)', answer.text)


async def test_a_link_leaves_the_letter_here(at: Browsers) -> None:
    path = f"{HERE}/{LETTER}/link"
    answer = await at.send("lin", path, path, kind="duplicate", **{"with": OTHER})
    assert answer.headers["location"] == f"{HERE}?letter={LETTER}"
    await ten_seconds(at)
    assert (await at.office.letter()).links == (("duplicate", OTHER),)


async def test_the_pace_is_the_clerks_own(at: Browsers) -> None:
    await at.get("lin", HERE)
    at.office.shelf.now.pass_by(seconds=40)
    await routed(at)
    assert "40 s" in text_of((await at.get("lin", HERE)).text)


@pytest.mark.parametrize("path", [HERE, f"{HERE}/queue", f"{HERE}/{LETTER}/decline"])
@pytest.mark.parametrize("who", ["wu", "gz", "gz-chief", "di", "he", "du", "mei", "pv"])
async def test_others_are_refused(at: Browsers, who: str, path: str) -> None:
    assert (await at.get(who, path)).status_code == 403


async def test_a_complaint_about_the_desk_is_neither_shown_nor_counted(at: Browsers) -> None:
    about = {"kind": "unit", "bureau": "province", "unit": "triage"}
    await do(at.office, "reclassify", "wu", category="complaint", about=about)
    await at.refresh()
    shown = (await at.get("lin", HERE)).text
    assert LETTER not in shown
    assert "1 letter waits" in text_of(shown)
    assert LETTER not in (await at.get("lin", f"{HERE}/queue")).text
    assert (await at.get("lin", f"{HERE}?letter={LETTER}")).status_code == 404
    assert (await at.post("lin", f"{HERE}/{LETTER}/route", bureau="foshan")).status_code == 404
