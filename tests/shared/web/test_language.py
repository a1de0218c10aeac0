"""A page is in the reader's language; a cookie decides, then the browser, then Chinese."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.bilingual import Bilingual
from shared.web.formats import Formats, lang_of
from shared.web.language import N_, Lang, Message, words_of
from tests.shared.web.site import AT, Reader, site
from tests.support.budget import budget

ZH, EN = (Formats(words_of(lang), lambda: AT) for lang in ("zh-CN", "en"))


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        (None, "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en;q=0.8, zh;q=0.9", "zh-CN"),
        ("fr,en;q=0.5", "en"),
        ("fr", "zh-CN"),
        ("en;q=0", "zh-CN"),
        ("en;q=nan", "zh-CN"),
        ("en;q=x", "zh-CN"),
        (";;;,,,", "zh-CN"),
    ],
)
async def test_the_browsers_language_is_taken(
    accepted: str | None, lang: str, tmp_path: Path
) -> None:
    async with site("", tmp_path) as client:
        headers = {} if accepted is None else {"accept-language": accepted}
        answer = await client.get("/page", headers=headers)
    assert Reader(answer.text).one("html")["lang"] == lang
    assert answer.headers["content-language"] == lang
    assert answer.headers["vary"] == "Accept-Language, Cookie"


async def test_labels_that_stand_in_a_template_are_in_the_language_of_each_reader(
    tmp_path: Path,
) -> None:
    """They are translated when a template is compiled, so that it serves one language."""
    async with site('<p id="is">{{ "closed"|label("state") }}</p>', tmp_path) as client:
        for lang, shown in (("en", "Closed"), ("zh-CN", "已办结"), ("en", "Closed")):
            answer = await client.get("/page", headers={"accept-language": lang})
            assert Reader(answer.text).one("p", id="is").text == shown


async def test_a_choice_is_kept_in_a_cookie_and_comes_back_to_the_page(tmp_path: Path) -> None:
    async with site("", tmp_path) as client:
        first = Reader((await client.get("/page?after=b&q=c")).text)
        to_english = first.one("a", hreflang="en")["href"]
        answer = await client.get(to_english)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/page?after=b&q=c"
        client.cookies.extract_cookies(answer)
        chosen = await client.get("/page", headers={"accept-language": "zh"})
        assert Reader(chosen.text).one("html")["lang"] == "en"
        client.cookies.extract_cookies(await client.get("/display?elder=1"))
        elder = Reader((await client.get("/page")).text)
        assert elder.one("html")["class"] == "elder"
        assert elder.one("a", href="/display?elder=0&to=/page").text == "Standard type"


@pytest.mark.parametrize("is_development", [True, False])
async def test_the_cookie_is_for_us_alone(is_development: bool) -> None:
    async with site(is_development=is_development) as client:
        cookie = (await client.get("/display?lang=en")).headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.split("; "))
    assert ("secure" in cookie.split("; ")) is not is_development


@pytest.mark.parametrize(
    "to",
    [
        "https://other.example/",
        "//other.example/",
        "/\\other.example/",
        "\\\\other.example",
        "/%09/other.example\n",
        "javascript:alert(1)",
        "page",
        "/a b",
        "/\x00",
        "/" + "a" * 999 + "\r\nset-cookie: x=y",
    ],
)
async def test_the_switch_leads_to_no_other_site(to: str) -> None:
    async with site() as client:
        answer = await client.get("/display", params={"lang": "en", "to": to})
    assert (
        answer.headers["location"] == "/" if answer.status_code == 303 else answer.is_client_error
    )


async def test_a_switch_after_a_form_leads_to_the_page_of_that_form() -> None:
    async with site() as client:
        headers = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}
        answer = await client.post("/form", content="a=1", headers=headers)
        for link in Reader(answer.text).all("a", rel="nofollow"):
            back = (await client.get(link["href"])).headers["location"]
            assert back == "/", "no page is at the address of the form"


@pytest.mark.parametrize("query", ["lang=fr", "elder=maybe", f"to=/{'a' * 1001}"])
async def test_the_switch_refuses_what_no_page_sends(query: str) -> None:
    async with site() as client:
        answer = await client.get(f"/display?{query}")
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


def test_dates_and_times_are_written_as_people_write_them() -> None:
    night = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)
    assert ZH.day_time(night) == "11月28日 01:30", "in Guangdong the next day"
    assert EN.day_time(night) == "28 Nov, 01:30"
    assert ZH.day_with_weekday(date(2026, 11, 28)) == "11月28日（星期六）"
    assert EN.day_with_weekday(date(2026, 11, 28)) == "Saturday 28 Nov"
    assert ZH.day(date(2025, 1, 2)) == "2025年1月2日", "another year is said"
    assert EN.day(date(2025, 1, 2)) == "2 Jan 2025"
    assert (ZH.full_day(night), EN.full_day(night)) == ("2026年11月28日", "28 Nov 2026")
    assert (ZH.number(12_345), EN.number(0)) == ("12,345", "0")


@pytest.mark.parametrize(
    ("names", "zh", "en"),
    [
        ([], "", ""),
        (["甲"], "甲", "甲"),
        ([Bilingual("甲", "one"), N_("Done"), "three"], "甲、已完成和three", "one, Done and three"),
    ],
)
def test_texts_are_listed_in_one_line(names: list[object], zh: str, en: str) -> None:
    assert (ZH.listed(names), EN.listed(names)) == (zh, en)


def test_codes_are_listed_by_their_names() -> None:
    signers = ["chief", "deputy"]
    assert ZH.listed(signers, "signer_role") == "局领导和受托副职"
    assert EN.listed(signers, "signer_role") == "Chief and named deputy"
    assert ZH.label("traffic", "police_type") == "交警（交管）"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (59.9, "59 秒", "59 s"),
        (60, "1 分钟", "1 min"),
        (3_700, "1 小时 1 分", "1 h 1 min"),
        (93_600, "1 天 2 小时", "1 d 2 h"),
        (-5, "0 秒", "0 s"),
    ],
)
def test_an_age_has_two_units(seconds: float, zh: str, en: str) -> None:
    assert (ZH.age(seconds), EN.age(seconds)) == (zh, en)


@pytest.mark.parametrize(("lang", "said"), [("zh-CN", "最多 9 字"), ("en", "At most 9 characters")])
def test_a_message_is_said_with_its_values(lang: Lang, said: str) -> None:
    words = words_of(lang)
    assert words.said(Message("At most %(number)s characters", number=9)) == said
    assert words.said("At most %(number)s characters") == "At most %(number)s characters"
    assert words.said(Bilingual("中", "E")) == ("E" if lang == "en" else "中")
    within = Message("%(label)s: %(message)s", label=Bilingual("项", "Item"), message=N_("Done"))
    assert words.said(within) == ("Item: Done" if lang == "en" else "项：已完成")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("红绿灯坏了", "zh-CN"),
        ("Light is broken", "en"),
        ("ABC 红绿灯", "zh-CN"),
        ("12 !", "zh-CN"),
        ("", "zh-CN"),
    ],
)
def test_a_text_is_marked_with_its_language(text: str, lang: str) -> None:
    assert lang_of(text) == lang


@given(st.text(max_size=50), st.text(max_size=50))
@settings(max_examples=budget(60))
async def test_any_header_gets_a_page(accepted: str, cookie: str) -> None:
    headers = [
        (b"accept-language", accepted.encode("latin-1", "replace")),
        (b"cookie", b"mailbox_lang=" + cookie.encode("latin-1", "replace")),
        (b"accept", b"text/html"),
    ]
    async with site() as client:
        answer = await client.get("/nothing", headers=headers)
    assert answer.status_code == 404
    assert Reader(answer.text).one("html")["lang"] in {"zh-CN", "en"}
