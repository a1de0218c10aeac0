"""The inbox shows the letters of the person's desks, the next due first, and counts no others."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from services.router.domain.overview import OverviewLine
from services.router.store.inbox import (
    AT_DESK,
    SHOWN,
    SOON,
    InboxFilter,
    count_inbox,
    inbox_page,
    of_desks,
)
from services.router.store.overview import place_of
from shared.kernel.letter_number import new_letter_number
from shared.kernel.viewers import Viewer
from shared.platform.http.visibility import visibility_filter
from tests.router.browsing import PageVisitors, hidden_in, main_of, visitors
from tests.router.desking import do
from tests.router.story import MONDAY, receive
from tests.support.budget import budget

NUMBERS = [new_letter_number(bytes([n] * 10)) for n in range(40)]
INBOX = "/desk/inbox"


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[PageVisitors]:
    async with visitors(tmp_path) as opened:
        yield opened


async def arrive(pages: PageVisitors, count: int = 3, city: Any = "guangzhou") -> list[str]:
    """So many letters come in, half an hour apart."""
    for number in NUMBERS[:count]:
        await pages.office.receive(number, receive(city))
        pages.office.shelf.now.pass_by(seconds=1_800)
    return NUMBERS[:count]


# --- the list ----------------------------------------------------------------------------------

LINES = st.lists(
    st.builds(
        OverviewLine,
        number=st.just(""),
        holder=st.sampled_from(["guangzhou", "foshan"]),
        state=st.sampled_from([*AT_DESK, "replied", "closed"]),
        category=st.just("request"),
        police_type=st.sampled_from(["traffic", None]),
        received_at=st.just(MONDAY),
        due_at=st.none()
        | st.sampled_from([MONDAY + timedelta(days=days) for days in (-90, -1, 0, 1, 3, 5, 300)]),
        open_to=st.just(frozenset[str]()),
        kept_from=st.just(frozenset[str]()),
        assignment=st.sampled_from([1, 2]),
    ),
    max_size=3 * SHOWN,
).map(lambda lines: [replace(one, number=f"GD-{place:04d}") for place, one in enumerate(lines)])


def everything(lines: list[OverviewLine], wanted: InboxFilter) -> list[str]:
    """All pages, one after the other."""
    found, after = inbox_page(lines, wanted, after=None)
    while after is not None:
        more, after = inbox_page(lines, wanted, after=after)
        found += more
    return found


@settings(max_examples=budget(200), deadline=None)
@forall(lines=LINES)
def test_pages_and_counts_are_of_the_desks_letters(lines: list[OverviewLine]) -> None:
    held = of_desks(lines, ["guangzhou"])
    assert everything(held, InboxFilter()) == [
        line.number
        for line in sorted(lines, key=place_of)
        if line.holder == "guangzhou" and line.state in AT_DESK
    ]
    claimed = {f"GD-{place:04d}": 1 for place in range(0, len(lines), 3)}
    counts = count_inbox(held, now=MONDAY, claimed=claimed, mine=claimed)
    assert sum(counts.states.values()) == len(held)
    for wanted, number in (
        (InboxFilter(states=("routed",)), counts.states["routed"]),
        (InboxFilter(due_until=MONDAY), counts.overdue),
        (InboxFilter(due_after=MONDAY, due_until=MONDAY + SOON), counts.due_soon),
        (InboxFilter(without=claimed), counts.unclaimed),
        (InboxFilter(only=claimed), counts.mine),
        (InboxFilter(police_type="traffic"), counts.police_types["traffic"]),
    ):
        assert len(everything(held, wanted)) == number


def test_the_filter_of_a_handler_is_the_access_policys() -> None:
    found = visibility_filter(Viewer("gz", frozenset({"bureau:guangzhou:handler"})), least="all")
    assert found["open_to"] == {"$in": ["all/bureau:guangzhou:handler"]}
    assert "staff:gz" in found["kept_from"]["$nin"]


# --- the page ----------------------------------------------------------------------------------


async def test_letters_are_listed_with_date_state_and_what_is_new(pages: PageVisitors) -> None:
    first, *_ = await arrive(pages)
    shown = await pages.get("gz", INBOX)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "All (3)" in main_of(shown)
    assert main_of(shown).count("何田田反映路灯问题 new") == 3
    await pages.get("gz", f"/desk/letters/{first}")
    assert main_of(await pages.get("gz", INBOX)).count("反映路灯问题 new") == 2
    await do(pages.office, "accept", "gz", first)
    assert "反映路灯问题 changed" in main_of(await pages.get("gz", INBOX))


@pytest.mark.parametrize("who", ["fs", "gz-traffic", "pv"])
async def test_nothing_of_other_desks_is_listed_counted_or_found(
    pages: PageVisitors, who: str
) -> None:
    await arrive(pages)
    shown = main_of(await pages.get(who, INBOX))
    assert "All (0)" in shown
    assert "何田田" not in shown
    assert "(1)" not in shown
    found = await pages.post(who, f"{INBOX}/search", words="路灯")
    assert "何田田" not in main_of(found)


async def test_a_declared_conflict_takes_it_from_list_and_counts(pages: PageVisitors) -> None:
    first, *_ = await arrive(pages)
    assert "All (3)" in main_of(await pages.get("gz", INBOX))
    answer = await pages.send("gz", f"/desk/letters/{first}/conflict", step="send")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{INBOX}?done=conflict")
    shown = await pages.get("gz", answer.headers["location"])
    assert "All (2)" in main_of(shown)
    assert first not in shown.text
    assert (await pages.get("gz", f"/desk/letters/{first}")).status_code == 404
    again = await pages.post("gz", f"/desk/letters/{first}/conflict", step="send", key="k" * 8)
    assert again.headers["location"] == f"{INBOX}?done=conflict"


async def test_filters_and_pages_stand_in_the_address(pages: PageVisitors) -> None:
    numbers = await arrive(pages, 30)
    for number in numbers[:2]:
        await do(pages.office, "accept", "gz", number)
    shown = await pages.get("gz", f"{INBOX}?state=handling&police_type=&due=&who=")
    assert shown.text.count('class="inbox-subject"') == 2
    shown = await pages.get("gz", INBOX)
    assert shown.text.count('class="inbox-subject"') == SHOWN
    more = shown.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    rest = await pages.get("gz", more)
    assert rest.text.count('class="inbox-subject"') == 30 - SHOWN
    assert (await pages.get("gz", f"{INBOX}?state=nonsense&cls=1")).status_code == 200
    assert (await pages.get("gz", f"{INBOX}?after=nonsense")).status_code == 422


async def test_who_works_on_it_can_be_filtered(pages: PageVisitors) -> None:
    first, *_ = await arrive(pages)
    answer = await pages.post("gz", f"/desk/letters/{first}/claim", what="claim")
    assert answer.headers["location"].endswith("?done=claimed")
    shown = main_of(await pages.get("gz", f"{INBOX}?who=mine"))
    assert "Mine (1) Nobody’s yet (2)" in shown
    assert shown.count("何田田") == 1
    assert main_of(await pages.get("gz", f"{INBOX}?who=free")).count("何田田") == 2


async def test_words_are_searched_without_an_address(pages: PageVisitors) -> None:
    await arrive(pages)
    await pages.office.cataloguing.look()
    found = await pages.post("gz", f"{INBOX}/search", words="路灯")
    assert found.status_code == 200
    assert main_of(found).count("反映路灯问题") == 3
    short = await pages.post("gz", f"{INBOX}/search", words=" ")
    assert (short.status_code, "two characters" in main_of(short)) == (422, True)


async def test_views_are_saved_sealed_and_removed(pages: PageVisitors) -> None:
    await arrive(pages)
    await pages.office.cataloguing.look()
    saved = await pages.post("gz", f"{INBOX}/views", name="路灯的信", words="路灯")
    shown = await pages.get("gz", saved.headers["location"])
    assert "路灯的信" in main_of(shown)
    assert "路灯" not in saved.headers["location"]
    assert "路灯" not in str(pages.office.stored("desk_views"))
    assert "路灯的信" not in main_of(await pages.get("gz2", INBOX))
    view = hidden_in(shown.text, f"{INBOX}/views")["remove"]
    await pages.post("gz", f"{INBOX}/views", remove=view)
    assert "路灯的信" not in main_of(await pages.get("gz", INBOX))


async def test_at_most_twenty_views(pages: PageVisitors) -> None:
    for place in range(20):
        answer = await pages.post("gz", f"{INBOX}/views", name=f"v{place}", due="soon")
        assert answer.status_code == 303
    assert (await pages.post("gz", f"{INBOX}/views", name="one more")).status_code == 422
    assert (await pages.post("gz", f"{INBOX}/views", name="v0", due="week")).status_code == 303
    assert (await pages.post("gz", f"{INBOX}/views", name=" ")).status_code == 422


async def test_chosen_letters_are_passed_on_with_a_result_each(pages: PageVisitors) -> None:
    numbers = await arrive(pages)
    for number in numbers[:2]:
        await do(pages.office, "accept", "gz", number)
    path, unit = f"{INBOX}/pass_on", {"police_type": "traffic", "unit": "tianhe.traffic"}
    form = await pages.post("gz", path, letter=numbers)
    assert "Pass 3 letters on" in main_of(form)
    key = hidden_in(form.text, path)["key"]
    wrong = await pages.post("gz", path, letter=numbers, key=key, step="check", unit="NO")
    assert wrong.status_code == 422
    check = await pages.post("gz", path, letter=numbers, key=key, step="check", **unit)
    assert "Check before you go on" in main_of(check)
    for _ in range(2):
        done = await pages.post("gz", path, letter=numbers, key=key, step="send", **unit)
        assert "2 letters were passed on." in main_of(done)
        assert main_of(done).count("Not passed on") == 1
    assert (await pages.office.letter(numbers[0])).unit == "traffic"
    assert (await pages.post("gz", path, letter=[*NUMBERS[:26]])).status_code == 422


async def test_only_handlers_with_a_session_and_our_own_forms(pages: PageVisitors) -> None:
    await arrive(pages)
    assert (await pages.get("lin", INBOX)).status_code == 403
    csrf = await pages.as_("gz")
    for headers in ({"sec-fetch-site": "cross-site"}, {}):
        answer = await pages.client.post(
            f"{INBOX}/search", data={"csrf": csrf, "words": "路灯"}, headers=headers
        )
        assert answer.status_code == 403
    answer = await pages.post("gz", f"{INBOX}/search", csrf="wrong", words="路灯")
    assert answer.status_code == 403
    pages.client.cookies.clear()
    answer = await pages.client.get(INBOX, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?to=%2Fdesk%2Finbox")
