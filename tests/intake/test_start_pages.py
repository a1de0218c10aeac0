"""Where writers arrive: what the mailbox is not for comes first, and links survive the sign-in."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from services.intake.pages import CitizenPages
from services.intake.settings import IntakeSettings
from shared.contracts.slugs import BUREAUS
from shared.rules.places.stations import Station, Stations
from tests.intake.browsing import ENGLISH, as_writer, show
from tests.intake.faces import settings
from tests.intake.front import Front
from tests.support.page_outline import PageOutline, page_faults

MOST_OF_FIRST_PAGE = 40_000 - 3_000
"""Bytes with all that it loads; 3 kB are left for headers."""


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("path", ["/", "/city/guangzhou"])
async def test_the_start_says_what_to_do_in_danger_before_anything_else(
    desk: Front, path: str, lang: str
) -> None:
    desk.client.cookies.set("mailbox_lang", lang)
    shown = await show(desk, path)
    assert shown.status_code == 200
    assert page_faults(shown.text, lang=lang) == []
    places = [shown.text.index(link) for link in ('href="tel:110"', 'href="sms:12110', "<h1")]
    assert places == sorted(places)
    assert "<form" not in shown.text


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_the_first_page_is_light(desk: Front, lang: str) -> None:
    desk.client.cookies.set("mailbox_lang", lang)
    for path in ("/", "/city/guangzhou"):
        outline = PageOutline((await show(desk, path)).text)
        needed = [each["href"] for each in outline.all("link")]
        needed += [each["src"] for each in outline.all("script")]
        assert len(needed) == 3
        answers = [await show(desk, str(each)) for each in (path, *needed)]
        assert {answer.status_code for answer in answers} == {200}
        assert sum(answer.num_bytes_downloaded for answer in answers) < MOST_OF_FIRST_PAGE


async def test_each_bureau_has_an_entry_of_its_own(desk: Front) -> None:
    front = (await show(desk, "/")).text
    for slug in BUREAUS:
        shown = await show(desk, f"/city/{slug}")
        assert shown.status_code == 200
        assert f'href="/write?to={slug}"' in shown.text
        assert (f'href="/city/{slug}"' in front) == (slug != "province")
        assert 'href="tel:12389"' in shown.text
        assert "09:00" in shown.text
    assert (await show(desk, "/city/atlantis")).status_code == 404


async def test_a_city_shows_its_police_stations(desk: Front) -> None:
    state = cast("Any", desk.client._transport).app.state
    own = Station(
        "guangzhou", "示例派出所", "Example Station", "示例路1号", "1 Example Rd", "020-8000"
    )
    state.desk = replace(state.desk, stations=Stations((own,)))
    assert 'href="tel:0208000"' in (await show(desk, "/city/guangzhou")).text
    assert "Example Station" not in (await show(desk, "/city/shenzhen")).text


async def test_a_menu_link_leads_to_the_letter_with_city_and_entry(desk: Front) -> None:
    went = await show(desk, "/go/wechat/shenzhen")
    assert (went.status_code, went.headers["location"]) == (303, "/write?to=shenzhen&entry=wechat")
    assert (await show(desk, "/go/fax/shenzhen")).status_code == 404


async def test_whoever_leaves_is_signed_out_and_leaves_nothing_behind(desk: Front) -> None:
    await as_writer(desk)
    away = await show(desk, "/leave")
    assert away.status_code == 303
    assert "mailbox" not in away.headers["location"]
    assert away.headers["clear-site-data"] == '"cache", "storage"'
    assert away.headers["referrer-policy"] == "no-referrer"
    assert (await show(desk, "/my/letters")).headers["location"] == away.headers["location"]


async def test_whoever_has_left_and_comes_again_by_the_address_is_let_in(desk: Front) -> None:
    await as_writer(desk)
    neutral = (await show(desk, "/leave")).headers["location"]
    await as_writer(desk)
    desk.client.cookies.set("mailbox-pages-away", "1")
    for path in ("/", "/city/guangzhou", "/write", "/my/letters"):
        assert (await show(desk, path)).headers["location"] == neutral, "the back button"
    typed = {**ENGLISH, "sec-fetch-site": "none"}
    assert (await desk.client.get("/my/letters", headers=typed)).headers["location"] == "/"
    assert (await desk.client.get("/", headers=typed)).status_code == 200
    assert (await show(desk, "/my/letters")).status_code == 200


async def test_the_staffs_own_host_leads_to_the_duty_desk(desk: Front) -> None:
    state = cast("Any", desk.client._transport).app.state
    state.citizen_pages = replace(state.citizen_pages, staff_host="duty.example.cn")
    for host, leads in (("duty.example.cn", True), ("mailbox.example.cn", False)):
        shown = await desk.client.get("/", headers={**ENGLISH, "host": host})
        assert (shown.headers.get("location") == "/duty") == leads


@pytest.mark.parametrize(
    ("staff", "citizens", "host"),
    [
        ("https://duty.example.cn", "https://mailbox.example.cn", "duty.example.cn"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081", None),
        (None, None, None),
    ],
)
def test_a_staff_host_is_one_that_citizens_do_not_use(
    tmp_path: Path, staff: str | None, citizens: str | None, host: str | None
) -> None:
    given = settings(IntakeSettings, tmp_path)
    changed = given.model_copy(update={"staff_pages_url": staff, "citizen_pages_url": citizens})
    assert CitizenPages.of(changed).staff_host == host
