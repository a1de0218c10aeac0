"""Each component has the roles, ids and wiring that assistive technology needs, and escapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.platform.http.tokens import Person
from shared.web.language import N_
from shared.web.rendering import Entry
from shared.web.vocabulary import choices
from tests.shared.web.site import AT, Reader, site
from tests.support.pages import ENGLISH

HOSTILE = "<script>alert(1)</script>\"'&"


async def shown(template: str, folder: Path, **values: Any) -> Reader:
    """What a browser makes of the template."""
    async with site(template, folder, **values) as client:
        answer = await client.get("/page", headers=ENGLISH)
    assert answer.status_code == 200, answer.text
    return Reader(answer.text)


async def test_an_error_is_named_by_its_field_and_linked_from_the_summary(tmp_path: Path) -> None:
    page = await shown(
        '{{ ui.error_summary(errors, {"text": "Reply"}) }}'
        '{{ ui.textarea("text", "Reply", "typed", "A hint", errors.text, max=2000) }}',
        tmp_path,
        errors={"text": N_("Fill this in")},
    )
    assert page.one("title").text.startswith("Error: ")
    assert "Reply: Fill this in" in page.one("div", role="alert").text
    assert page.one("a", href="#text").text == "Reply: Fill this in"
    area = page.by_id("text")
    assert area["aria-invalid"] == "true"
    described = [page.by_id(each).text for each in area["aria-describedby"].split()]
    assert described[0].startswith("At most 2,000")
    assert described[1] == "A hint"
    assert described[2] == "Error: Fill this in"
    assert page.one("label", for_="text").text == "Reply"
    assert area.text == "\ntyped", "browsers drop the first line feed"


async def test_a_field_without_error_is_not_invalid(tmp_path: Path) -> None:
    page = await shown(
        '{{ ui.text_input("q", "Words") }}{{ ui.date_input("on", "Day") }}', tmp_path
    )
    field, day = page.by_id("q"), page.by_id("on")
    assert not {"aria-invalid", "aria-describedby"} & field.attributes.keys()
    assert day["type"] == "date"
    assert "2026-12-31" in page.by_id(day["aria-describedby"]).text
    assert not page.one("title").text.startswith("Error")


@pytest.mark.parametrize(("macro", "kind"), [("radios", "radio"), ("checkboxes", "checkbox")])
async def test_choices_stand_in_a_fieldset_with_legend(
    macro: str, kind: str, tmp_path: Path
) -> None:
    chosen = '"b"' if macro == "radios" else '["b"]'
    items = [("a", "A"), ("b", "B", "which")]
    call = f'{{{{ ui.{macro}("to", "Who?", items, {chosen}, "h", "e") }}}}'
    page = await shown(call, tmp_path, items=items)
    group = page.one("fieldset")
    assert page.one("legend").text == "Who?"
    assert group["aria-describedby"] == "to-hint to-error"
    first, second = page.all("input", type=kind)
    assert (first["id"], second["id"]) == ("to", "to-2"), "the summary's link leads to the first"
    assert "checked" in second.attributes
    assert "checked" not in first.attributes
    assert page.by_id(second["aria-describedby"]).text == "which"
    assert [each["for"] for each in page.all("label") if each["for"].startswith("to")] == [
        "to",
        "to-2",
    ]


async def test_a_select_shows_names_in_the_readers_language(tmp_path: Path) -> None:
    page = await shown(
        '{{ ui.select("category", "Category", items, "complaint") }}',
        tmp_path,
        items=choices("category"),
    )
    chosen = [each for each in page.all("option") if "selected" in each.attributes]
    assert [(each["value"], each.text) for each in chosen] == [("complaint", "Complaint")]


async def test_a_form_carries_the_token_of_the_session(tmp_path: Path) -> None:
    page = await shown(
        '{% call ui.form("/go", "Send") %}{{ ui.hidden("key", "k1") }}{% endcall %}',
        tmp_path,
        person=Person("s-1", name="陈小明", roles=frozenset({"triage"})),
    )
    form = page.one("form", action="/go")
    assert form["method"] == "post"
    tokens = page.all("input", name="csrf")
    assert {each["value"] for each in tokens} == {"token-of-session"}
    assert len(tokens) == 2, "this form and the one for signing out"
    assert page.one("input", name="key")["value"] == "k1"
    assert page.one("button", class_="button primary").text == "Send"


async def test_the_masthead_shows_entries_by_role_and_who_is_signed_in(tmp_path: Path) -> None:
    entries = [
        Entry("/page", N_("Inbox"), ("triage",)),
        Entry("/other", N_("Reading list"), ("bureau",)),
    ]
    signed_in = await shown(
        "", tmp_path, entries=entries, person=Person("s-1", roles=frozenset({"triage"}))
    )
    assert signed_in.one("a", href="/page")["aria-current"] == "page"
    assert not signed_in.all("a", href="/other")
    assert signed_in.one("form", action="/sign-out")["method"] == "post"
    nobody = await shown("", tmp_path, entries=entries)
    assert not nobody.all("nav")
    assert not nobody.all("form", action="/sign-out")


async def test_every_page_has_landmarks_and_a_way_to_skip(tmp_path: Path) -> None:
    page = await shown("", tmp_path)
    assert page.one("html")["lang"] == "en"
    assert page.by_id(page.all("a")[0]["href"].removeprefix("#")).name == "main"
    for landmark in ("header", "main", "footer", "h1"):
        assert page.one(landmark).name == landmark
    switch = page.one("a", hreflang="zh-CN")
    assert (switch.text, switch["lang"]) == ("中文", "zh-CN")


async def test_navigation_says_what_it_is_and_where_one_is(tmp_path: Path) -> None:
    page = await shown(
        '{{ ui.tabs([("/a", "Open", true), ("/b", "Overdue", false)]) }}'
        '{{ ui.pagination(next="/n", previous="/p") }}'
        '{{ ui.breadcrumbs([("/", "Front"), ("", "Letter")]) }}{{ ui.back_link("/") }}',
        tmp_path,
    )
    assert {each["aria-label"] for each in page.all("nav")} == {"Sections", "Pages", "Breadcrumbs"}
    assert page.one("a", href="/a")["aria-current"] == "page"
    assert "aria-current" not in page.one("a", href="/b").attributes
    assert page.one("a", rel="next")["href"] == "/n"
    assert page.one("a", rel="prev")["href"] == "/p"
    assert page.one("span", aria_current="page").text == "Letter"
    empty = await shown("{{ ui.pagination() }}", tmp_path)
    assert not empty.all("nav")


@pytest.mark.parametrize(
    ("kind", "role"), [("notice", "region"), ("success", "alert"), ("warning", "alert")]
)
async def test_a_banner_is_a_labelled_region_or_an_alert(
    kind: str, role: str, tmp_path: Path
) -> None:
    page = await shown(f'{{{{ ui.banner("Sent", "{kind}") }}}}', tmp_path)
    banner = page.one("div", role=role)
    assert banner["aria-label"] == page.one("h2").text


async def test_a_summary_list_says_what_a_link_changes(tmp_path: Path) -> None:
    page = await shown(
        '{{ ui.summary_list([{"key": "Due", "value": "soon", "href": "/c"},'
        ' {"key": "State", "value": "open"}]) }}',
        tmp_path,
    )
    assert page.one("a", href="/c").text == "Change Due"
    assert [each.text for each in page.all("dt")][:2] == ["Due", "State"]


async def test_a_table_has_caption_scopes_and_labels_for_narrow_screens(tmp_path: Path) -> None:
    page = await shown(
        '{{ ui.table("Letters", ["Bureau", "Open"], [["Foshan", 3]], [1]) }}', tmp_path
    )
    assert page.one("caption").text == "Letters"
    assert [each["scope"] for each in page.all("th")] == ["col", "col", "row"]
    cell = page.one("td", data_label="Open")
    assert (cell.text, cell["class"]) == ("3", "numeric")
    frame = page.one("div", class_="table-frame")
    assert (frame["role"], frame["aria-label"], frame["tabindex"]) == ("region", "Letters", "0")


async def test_tasks_times_and_texts(tmp_path: Path) -> None:
    page = await shown(
        '{{ ui.task_list([{"text": "Write", "href": "/w", "status": "Draft"}]) }}'
        '{{ ui.timeline([{"at": at, "title": "Received", "text": "收到"}]) }}'
        '{{ ui.letter_text("Two\\nlines") }}{{ ui.letter_text("两行\\nand English") }}'
        '{% call ui.details("More") %}inside{% endcall %}{{ ui.warning_text("Final") }}',
        tmp_path,
        at=AT,
    )
    assert page.by_id(page.one("a", href="/w")["aria-describedby"]).text.strip() == "Draft"
    assert page.one("time", datetime=AT.isoformat()).text == "28 Nov, 11:03"
    assert page.one("div", class_="timeline-text")["lang"] == "zh-CN"
    english, chinese = page.all("div", class_="letter-text")
    assert (english["lang"], english.text) == ("en", "Two\nlines")
    assert chinese["lang"] == "zh-CN"
    assert page.one("summary").text == "More"
    assert page.one("p", class_="warning-text").text.endswith("Warning: Final")


CALLS = [
    'ui.error_summary({"f": x})',
    'ui.hidden("f", x)',
    'ui.text_input("f", x, x, x, x)',
    'ui.textarea("f", x, x, x, x, max=9)',
    'ui.date_input("f", x, x, x, x)',
    'ui.radios("f", x, [(x, x, x)], x, x, x)',
    'ui.checkboxes("f", x, [(x, x, x)], [x], x, x)',
    'ui.select("f", x, [(x, x)], x, x, x)',
    'ui.button(x, name="f", value=x)',
    "ui.link_button(x, x)",
    'ui.summary_list([{"key": x, "value": x, "href": x, "change": x}])',
    "ui.table(x, [x, x], [[x, x]])",
    "ui.tag(x)",
    "ui.banner(x, title=x)",
    "ui.warning_text(x)",
    "ui.back_link(x, x)",
    "ui.breadcrumbs([(x, x)])",
    "ui.pagination(x, x, x, x)",
    "ui.tabs([(x, x, true)], x)",
    'ui.task_list([{"text": x, "href": x, "hint": x, "status": x}])',
    'ui.timeline([{"at": x, "title": x, "text": x}])',
    "ui.letter_text(x)",
    "ui.empty(x)",
    "ui.undo(x, x)",
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[3:].partition("(")[0])
async def test_words_are_escaped_wherever_they_stand(call: str, tmp_path: Path) -> None:
    page = await shown(f"{{{{ {call} }}}}", tmp_path, x=HOSTILE)
    assert len(page.all("script")) == 1, "ours"
    told = [each for each in page.elements if HOSTILE in each.text]
    assert told or any(HOSTILE in (v or "") for e in page.elements for v in e.attributes.values())


async def test_what_somebody_wrote_is_never_taken_for_a_message(tmp_path: Path) -> None:
    async with site(
        "{{ ui.tag(said) }}{{ ui.tag(ours) }}", tmp_path, said="Done", ours=N_("Done")
    ) as client:
        text = (await client.get("/page")).text
    assert [each.text for each in Reader(text).all("strong")] == ["Done", "已完成"]
