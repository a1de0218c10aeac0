"""The printable notice: what it says, in which language, and to whom."""

import re
from datetime import date
from typing import Any

import pytest

from services.intake.api.acceptance_notice import day_count
from shared.contracts.values import Receipt, ReceiptDay
from shared.contracts.vocabulary import DayKind
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.intake.story import ID_NUMBER, NAME, PHONE, received, routed, withdrawn
from tests.support.pages import BROWSER

NOTICE = "/v1/letters/{}/notice"
KINDS: tuple[DayKind, ...] = ("zero", "counted", "skipped", "skipped", "counted", "paused")
DAYS = tuple(
    ReceiptDay(day=date(2026, 11, 24 + number), kind=kind) for number, kind in enumerate(KINDS)
)


async def notice(desk: Front, number: str, who: str = "chen", **params: Any) -> Any:
    """The answer to a request for the notice."""
    return await desk.get(NOTICE.format(number), who, **params)


def shown(text: str) -> str:
    """What is read, without styles and tags."""
    text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


async def test_it_says_number_times_mailbox_category_and_how_the_day_was_counted(
    desk: Front,
) -> None:
    number, registered = await desk.taken_in(addressed_to="guangzhou"), received()
    counted = registered.receipt.model_copy(update={"days": DAYS})
    await desk.progress(number, registered.model_copy(update={"receipt": counted}), routed())
    answer = await notice(desk, number)
    assert (answer.status_code, answer.headers["content-language"]) == (200, "zh-CN")
    text = shown(answer.text)
    for part in (
        number,
        "2026年11月24日 12:00（北京时间）",
        "广州市公安局",
        "最迟答复日期",
        "次日起计算",
    ):
        assert part in text
    assert "来信渠道 微信" in text
    assert "重新办理" in text
    assert "110" in text


async def test_it_comes_in_english_too(desk: Front) -> None:
    number = await desk.taken_in()
    by_address = await notice(desk, number, lang="en")
    headers = desk.headers("chen") | {"accept-language": "en"}
    by_header = await desk.client.get(NOTICE.format(number), headers=headers)
    for answer in (by_address, by_header):
        assert answer.headers["content-language"] == "en"
        text = shown(answer.text)
        assert "Acceptance notice" in text
        assert "The day is set once the letter is registered." in text
        assert not re.search("[\u4e00-\u9fff]", text)


async def test_paper_tells_neither_who_wrote_nor_what(desk: Front) -> None:
    number = await desk.taken_in(subject="举报乱收费", body="有人乱收费", category="report")
    text = (await notice(desk, number)).text
    for secret in (NAME, PHONE, ID_NUMBER, "乱收费"):
        assert secret not in text


async def test_it_needs_nothing_from_anywhere_else(desk: Front) -> None:
    answer = await notice(desk, await desk.taken_in())
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import", answer.text)


async def test_what_was_not_accepted_has_no_notice(desk: Front) -> None:
    number = await desk.taken_in()
    await desk.progress(number, received(), withdrawn())
    assert is_problem(await notice(desk, number), "409 out_of_order")


@pytest.mark.parametrize("lang", ["fr", "zh", "", "en-GB", "<b>"])
async def test_another_language_is_refused(desk: Front, lang: str) -> None:
    assert is_problem(await notice(desk, await desk.taken_in(), lang=lang), "422 invalid")


async def test_nobody_else_prints_it(desk: Front) -> None:
    number = await desk.taken_in()
    assert is_problem(await notice(desk, number, "huang"), "404 not_found")
    assert is_problem(await desk.get(NOTICE.format(number), None), "401 not_signed_in")
    viewed = await desk.client.get(NOTICE.format(number), headers=BROWSER)
    assert viewed.status_code == 401


def test_the_receipt_is_told_in_few_words() -> None:
    receipt = Receipt(
        due_on=date(2026, 11, 28), calendar_version="1", policy_version="1", days=DAYS
    )
    found = day_count(receipt)
    assert (found.begins_after, found.counted) == (date(2026, 11, 24), 2)
    assert found.skipped == (date(2026, 11, 26), date(2026, 11, 27))
    assert found.paused == (date(2026, 11, 29),)
