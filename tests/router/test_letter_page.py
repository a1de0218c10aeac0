"""A letter's page shows what the person may see and offers what the rules allow."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.router.domain.claims import ABSENT_AFTER
from services.router.pages.action_forms import FORMS
from services.router.pages.history_text import SENTENCES, history_items
from services.router.pages.letter_view import MOST_DAYS, days_of
from services.router.store.history import PastFact
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.event import Event
from shared.contracts.submitted_v1 import AttachmentScanned
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.values import Receipt, ReceiptDay
from shared.web.formats import Formats
from shared.web.language import LANGS, words_of
from tests.router.browsing import PageVisitors, hidden_in, main_of, visitors
from tests.router.desking import CHIEF, PROVINCE, begin, do, does
from tests.router.story import ATTACHMENT, LETTER, MONDAY, NAME, PHONE
from tests.support.examples import example

PAGE = f"/desk/letters/{LETTER}"
LOCALE = Path(__file__).parents[2] / "services" / "router" / "locale"


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[PageVisitors]:
    async with visitors(tmp_path) as opened:
        yield opened


# --- the page ----------------------------------------------------------------------------------


async def test_words_clocks_history_and_offers_are_shown(pages: PageVisitors) -> None:
    await begin(pages.office)
    await does(pages.office, ("accept", "gz"), ("note", "gz"), ("instruct", PROVINCE))
    shown = await pages.get("gz", PAGE)
    text = main_of(shown)
    assert re.search(rf'<mark class="own" title="Name">{NAME}<', shown.text)
    for part in (
        "Write the reply",
        "Answer an instruction",
        "How this date was counted",
        "Note 1",
        "The bureau accepted the letter",
        "The writer chose the city",
        "I have a conflict of interest",
    ):
        assert part in text, part
    chinese = main_of(await pages.get("gz", PAGE, lang="zh-CN"))
    for part in ("撰写答复", "期限如何计算", "承办单位已签收", "11月23日"):
        assert part in chinese, part
    assert len(shown.content) < 60_000


@pytest.mark.parametrize(
    ("scan", "shown", "is_link"),
    [
        (None, "Being checked", False),
        ({"outcome": "clean"}, "Checked", True),
        ({"outcome": "refused"}, "Could not be checked, refused", False),
        ({"outcome": "refused", "quarantined": True}, "Harmful, locked away", False),
    ],
)
async def test_a_file_is_listed_with_its_state_and_a_clean_one_can_be_opened(
    pages: PageVisitors, scan: dict[str, Any] | None, shown: str, *, is_link: bool
) -> None:
    await begin(pages.office)
    if scan:
        event = AttachmentScanned(attachment=ATTACHMENT.id, **scan)
        await pages.office.shelf.hear_events(SUBMITTED.name, LETTER, event)
    page = await pages.get("gz", PAGE)
    assert "PNG image" in main_of(page)
    assert shown in main_of(page)
    assert (f'href="https://intake.example/files/{LETTER}#{ATTACHMENT.id}"' in page.text) is is_link


async def test_a_masked_letter_shows_no_value_of_the_writer(pages: PageVisitors) -> None:
    await begin(pages.office, category="complaint")
    await does(pages.office, ("accept", "gz"))
    for who in ("gz", CHIEF, "wu", "lin"):
        shown = await pages.get(who, PAGE)
        assert shown.status_code == 200
        assert NAME not in shown.text
        assert PHONE not in shown.text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *(("gz", 200), ("gz-traffic", 404), ("fs", 404), ("lin", 200), ("wu", 200)),
        *((PROVINCE, 200), ("he", 200), ("mei", 403), ("du", 403)),
    ],
)
async def test_who_sees_it(pages: PageVisitors, who: str, status: int) -> None:
    await begin(pages.office)
    shown = await pages.get(who, PAGE)
    assert shown.status_code == status
    assert (NAME in shown.text) == (status == 200 and who != "he")
    if status != 200:
        assert LETTER not in main_of(shown)


async def test_a_former_holder_sees_the_past_and_nothing_to_do(pages: PageVisitors) -> None:
    await begin(pages.office)
    await does(pages.office, ("return", "gz"))
    await pages.office.route()
    text = main_of(await pages.get("gz", PAGE))
    assert "Your bureau held this letter" in text
    for part in ("What you can do", "History", "Due dates", NAME, "Foshan"):
        assert part not in text, part


STAGES: list[tuple[tuple[str, str], ...]] = [
    (),
    (("accept", "gz"),),
    (("accept", "gz"), ("pass_on", "gz")),
    (("accept", "gz"), ("ask", "gz")),
    (("decline", "gz"),),
    (("accept", "gz"), ("instruct", PROVINCE), ("reply", "gz")),
]


@pytest.mark.parametrize("steps", STAGES)
@pytest.mark.parametrize("who", ["gz", CHIEF, "lin"])
async def test_each_offer_opens_and_nothing_else(
    pages: PageVisitors, steps: tuple[tuple[str, str], ...], who: str
) -> None:
    await begin(pages.office)
    await does(pages.office, *steps)
    shown = await pages.get(who, PAGE)
    offered = set(re.findall(rf'href="{PAGE}/([a-z_]+)"', shown.text)) - {"claim"}
    for name in {*FORMS, "reply"}:
        answer = await pages.get(who, f"{PAGE}/{name}")
        if name == "reply" and who != "gz":
            assert answer.status_code == 404
        else:
            assert answer.status_code == (200 if name in offered else 409), name


# --- actions -----------------------------------------------------------------------------------


async def test_a_form_is_checked_changed_and_sent_once(pages: PageVisitors) -> None:
    await begin(pages.office)
    await does(pages.office, ("accept", "gz"))
    path = f"{PAGE}/note"
    check = await pages.send("gz", path, step="check", text="第一行\n第二行 <b>")
    assert "第一行 第二行 <b>" in main_of(check)
    assert "Check before you go on" in main_of(check)
    fields = hidden_in(check.text, path)
    change = await pages.post("gz", path, **fields | {"step": "change"})
    assert "第二行 &lt;b&gt;</textarea>" in change.text
    for _ in range(2):
        sent = await pages.post("gz", path, **fields | {"step": "send"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{PAGE}?done=note")
    assert "The note has been added." in main_of(await pages.get("gz", f"{PAGE}?done=note"))
    assert (await pages.office.letter()).notes == 1


async def test_errors_stand_beside_the_field_and_nothing_is_lost(pages: PageVisitors) -> None:
    await begin(pages.office)
    await does(pages.office, ("accept", "gz"))
    path = f"{PAGE}/request_extension"
    wrong = await pages.send("gz", path, step="check", days="many", reason="complex", clock="reply")
    assert wrong.status_code == 422
    assert '<a href="#days">' in wrong.text
    assert 'value="many"' in wrong.text
    assert re.search(r'value="complex" checked', wrong.text)
    fields = hidden_in(wrong.text, path) | {"reason": "complex", "clock": "reply"}
    too_many = await pages.post("gz", path, **fields | {"days": "99", "step": "send"})
    assert (too_many.status_code, "limit" in main_of(too_many)) == (429, True)
    right = await pages.post("gz", path, **fields | {"days": "3", "step": "send"})
    assert right.headers["location"] == f"{PAGE}?done=request_extension"


async def test_a_letter_that_changed_is_shown_before_anything_is_done(pages: PageVisitors) -> None:
    await begin(pages.office)
    await does(pages.office, ("accept", "gz"))
    path = f"{PAGE}/ask"
    fields = hidden_in((await pages.get("gz", path)).text, path)
    await do(pages.office, "note", "gz")
    late = await pages.post("gz", path, **fields, step="send", text="请补充门牌号。")
    assert late.status_code == 409
    assert "Note 1 was added" in main_of(late)
    assert "请补充门牌号。</textarea>" in late.text
    assert (await pages.office.letter()).questions == ()
    again = hidden_in(late.text, path)
    sent = await pages.post("gz", path, **again, step="send", text="请补充门牌号。")
    assert sent.headers["location"] == f"{PAGE}?done=ask"


async def test_an_action_that_is_over_keeps_what_was_written(pages: PageVisitors) -> None:
    await begin(pages.office)
    path = f"{PAGE}/return"
    fields = hidden_in((await pages.get("gz", path)).text, path)
    await do(pages.office, "accept", "gz")
    late = await pages.post(
        "gz", path, **fields, step="send", reason="other_place", text="应由他局"
    )
    assert late.status_code == 409
    assert "应由他局" in main_of(late)


async def test_whoever_returns_a_letter_comes_back_to_the_inbox(pages: PageVisitors) -> None:
    await begin(pages.office)
    sent = await pages.send("gz", f"{PAGE}/return", step="send", reason="other_place")
    assert sent.headers["location"] == "/desk/inbox?done=return"
    assert "has been returned" in main_of(await pages.get("gz", sent.headers["location"]))


async def test_a_foreign_form_does_nothing(pages: PageVisitors) -> None:
    await begin(pages.office)
    for who, fields, status in (
        ("gz", {"csrf": "wrong"}, 403),
        ("fs", {}, 404),
        ("mei", {}, 403),
    ):
        sent = await pages.post(who, f"{PAGE}/accept", step="send", **fields)
        assert sent.status_code == status
    assert (await pages.get("gz", f"{PAGE}/nonsense")).status_code in (404, 422)
    assert (await pages.office.letter()).state == "routed"


# --- claims ------------------------------------------------------------------------------------


async def test_a_letter_is_claimed_handed_over_and_released(pages: PageVisitors) -> None:
    await begin(pages.office)
    await pages.get("gz2", "/desk/inbox")
    claim = f"{PAGE}/claim"
    assert (await pages.post("gz", claim, what="claim")).headers["location"].endswith("=claimed")
    assert (await pages.post("gz2", claim, what="claim")).headers["location"].endswith("=taken")
    form = await pages.get("gz", claim)
    assert 'value="gz2"' in form.text
    wrong = await pages.post("gz", claim, what="hand_over", to="nobody")
    assert wrong.status_code == 422
    given = await pages.post("gz", claim, what="hand_over", to="gz2", note="下午开会。")
    assert given.headers["location"].endswith("=handed_over")
    assert "下午开会。" in main_of(await pages.get("gz2", PAGE))
    assert "下午开会" not in str(pages.office.stored("desk_claims"))
    assert (
        (await pages.post("gz2", claim, what="release")).headers["location"].endswith("=released")
    )
    assert "Nobody yet." in main_of(await pages.get("gz", PAGE))


async def test_an_absent_colleagues_letter_is_taken_over_with_a_reason(pages: PageVisitors) -> None:
    await begin(pages.office)
    claim = f"{PAGE}/claim"
    await pages.get("gz2", "/desk/inbox")
    await pages.post("gz2", claim, what="claim")
    early = await pages.post("gz", claim, what="take_over", note="急件")
    assert early.headers["location"].endswith("=taken")
    pages.later(ABSENT_AFTER)
    assert "Why do you take it over?" in main_of(await pages.get("gz", claim))
    assert (await pages.post("gz", claim, what="take_over")).status_code == 422
    taken = await pages.post("gz", claim, what="take_over", note="急件")
    assert taken.headers["location"].endswith("=taken_over")
    assert "You, since" in main_of(await pages.get("gz", PAGE))


async def test_others_neither_claim_nor_see_who_works_on_it(pages: PageVisitors) -> None:
    await begin(pages.office)
    await pages.post("gz", f"{PAGE}/claim", what="claim")
    assert (await pages.post(CHIEF, f"{PAGE}/claim", what="release")).status_code == 404
    assert (await pages.post("lin", f"{PAGE}/claim", what="claim")).status_code == 403
    assert "Who works on it" not in main_of(await pages.get("wu", PAGE))


# --- words -------------------------------------------------------------------------------------


def test_every_fact_has_a_sentence() -> None:
    assert SENTENCES.keys() == set(ON_TOPIC[PROGRESS.name])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", SENTENCES, ids=lambda kind: kind.__name__)
def test_a_sentence_is_whole_in_each_language(kind: type[Event], lang: Any) -> None:
    fact: Any = example(kind, topic=PROGRESS.name).data
    formats = Formats(words_of(lang, LOCALE), lambda: MONDAY)
    (item,) = history_items([PastFact(1, MONDAY, fact, "c")])
    said = str(formats.said(item.title))
    assert said
    assert "%(" not in said
    assert (lang == "en") == said.isascii() or "’" in said or "–" in said


def test_a_long_receipt_is_shown_by_runs() -> None:
    days = tuple(
        ReceiptDay(day=date(2026, 1, 1) + timedelta(days=n), kind="counted" if n % 9 else "skipped")
        for n in range(200)
    )
    receipt = Receipt(
        due_on=days[-1].day, calendar_version="c", policy_version="p", days=days[:MOST_DAYS]
    )
    assert len(days_of(receipt)) == MOST_DAYS
    long = days_of(receipt.model_copy(update={"days": days}))
    assert len(long) < 50
    assert (long[0].first, long[-1].last) == (days[0].day, days[-1].day)
