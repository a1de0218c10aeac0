"""Who may sign and who is notified on a day, which bureaus exist, and faults of the file."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.complaints import INSPECTION, TO_ITS_INSPECTION, ComplaintTarget, Path
from shared.kernel.errors import BadData
from shared.kernel.offices import PROVINCIAL, Offices
from shared.kernel.places import PROVINCE
from shared.kernel.terms import FOR_EVER, DateRange, Term, no_hole, no_two

SLUGS = (PROVINCE, "guangzhou", "foshan")
NEW_YEAR = date(2026, 1, 1)
JULY = date(2026, 7, 1)
DAY = timedelta(days=1)


def row(office: str, bureau: str, staff: str, **more: Any) -> dict[str, Any]:
    return {"office": office, "bureau": bureau, "staff": staff, "from": NEW_YEAR, **more}


def file() -> dict[str, Any]:
    """An operator's file: Foshan joins in July, and Guangzhou's chief changes then."""
    return {
        "version": "1",
        "bureaus": [
            {"bureau": PROVINCE, "joined": NEW_YEAR},
            {"bureau": "guangzhou", "joined": NEW_YEAR, "signs_itself": [{"from": JULY}]},
            {"bureau": "foshan", "joined": "2026-07-01"},
        ],
        "holders": [
            row("chief", PROVINCE, "p-chief"),
            row("office", PROVINCE, "p-office"),
            *(row(office, PROVINCE, f"p-{office}") for office in PROVINCIAL),
            row("chief", "guangzhou", "old", to="2026-06-30"),
            row("chief", "guangzhou", "new", **{"from": JULY}),
            row("deputy", "guangzhou", "dep", to="2026-03-31"),
            row("office", "guangzhou", "g-office"),
            row("unit", "guangzhou", "g-traffic", unit="traffic"),
            row("chief", "foshan", "f-chief"),
            row("office", "foshan", "f-office"),
        ],
    }


def read(data: dict[str, Any]) -> Offices:
    return Offices.of(data, bureaus=SLUGS)


OURS = read(file())


# --- what holds on a day -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("staff", "on", "rank"),
    [
        ("old", JULY - DAY, "chief"),
        ("old", JULY, None),
        ("new", JULY - DAY, None),
        ("new", JULY, "chief"),
        ("dep", date(2026, 3, 31), "deputy"),
        ("dep", date(2026, 4, 1), None),
        ("f-chief", JULY, None),
        ("p-supervisor", JULY, None),
        ("", JULY, None),
    ],
)
def test_a_chief_or_a_deputy_of_that_day_signs(staff: str, on: date, rank: str | None) -> None:
    assert OURS.signs_as(staff, "chief", bureau="guangzhou", on=on) == rank


def test_the_second_step_is_a_supervisor_s() -> None:
    for bureau in SLUGS:
        assert OURS.signs_as("p-supervisor", "supervisor", bureau=bureau, on=JULY) == "supervisor"
        assert OURS.signs_as("new", "supervisor", bureau=bureau, on=JULY) is None


def test_nobody_signs_what_answers_a_complaint_about_them() -> None:
    about = ComplaintTarget("guangzhou", "traffic", officer="new")
    assert OURS.signs_as("new", "chief", bureau="guangzhou", on=JULY, about=about) is None


@pytest.mark.parametrize("step", ["chief", "supervisor"])
def test_the_people_named_for_it_sign_in_complaints_about_the_department(step: Any) -> None:
    about = ComplaintTarget(PROVINCE)
    assert OURS.signs_as("p-named", step, bureau=PROVINCE, on=JULY, about=about) == step
    for staff in ("p-chief", "p-supervisor"):
        assert OURS.signs_as(staff, step, bureau=PROVINCE, on=JULY, about=about) is None
    assert OURS.signs_as("p-named", step, bureau=PROVINCE, on=JULY) is None


def test_a_bureau_signs_itself_from_the_day_on_which_it_is_marked() -> None:
    assert OURS.has_signed("new", "guangzhou", on=JULY)
    assert not OURS.has_signed("old", "guangzhou", on=JULY - DAY)
    assert not OURS.has_signed("old", "guangzhou", on=JULY)
    assert not OURS.has_signed("f-chief", "foshan", on=JULY)
    assert not OURS.has_signed("x", "nowhere", on=JULY)


def test_a_bureau_is_in_from_the_day_on_which_it_joins() -> None:
    assert not OURS.has_joined("foshan", JULY - DAY)
    assert OURS.has_joined("foshan", JULY)
    assert not OURS.has_joined("shenzhen", JULY)


def test_a_complaint_waits_for_no_bureau_that_has_not_joined() -> None:
    about = ComplaintTarget("foshan", "traffic")
    assert OURS.path_of_complaint(about, JULY - DAY) == Path(PROVINCE)
    assert OURS.path_of_complaint(about, JULY) == Path("foshan", INSPECTION)
    assert OURS.path_of_complaint(ComplaintTarget("foshan"), JULY) == Path(PROVINCE)
    assert OURS.path_of_complaint(ComplaintTarget(PROVINCE), JULY) == TO_ITS_INSPECTION
    assert OURS.path_of_complaint(ComplaintTarget(None), JULY) is None


@pytest.mark.parametrize(
    ("desk", "unit", "told"),
    [
        ("unit", "traffic", ["g-traffic"]),
        ("unit", "household", ["g-office"]),
        ("unit", None, ["g-office"]),
        ("unit", "inspection", ["new"]),
        ("office", None, ["g-office"]),
        ("chief", None, ["new"]),
        ("province_supervision", None, ["p-province_supervision"]),
        ("duty_chief", None, ["p-duty_chief"]),
        ("nowhere", None, []),
    ],
)
def test_who_is_told(desk: str, unit: str | None, told: list[str]) -> None:
    assert OURS.contacts(desk, "guangzhou", on=JULY, unit=unit) == told


# --- what a faulty file is told ------------------------------------------------------------------


def drop(office: str, bureau: str) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        data["holders"] = [
            one for one in data["holders"] if (one["office"], one["bureau"]) != (office, bureau)
        ]

    return change


def add(**over: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["holders"].append(row("deputy", "foshan", "someone") | over)


def move(staff: str, key: str, day: object) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        next(one for one in data["holders"] if one["staff"] == staff)[key] = day

    return change


def put(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.update({key: value})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (drop("chief", "foshan"), "holders: chief of foshan: nobody holds it from 2026-07-01 on"),
        (drop("office", "guangzhou"), "holders: office of guangzhou: nobody holds it from"),
        (drop("named", PROVINCE), "holders: named of province: nobody holds it from 2026-01-01 on"),
        (
            move("new", "from", date(2026, 7, 3)),
            "holders: chief of guangzhou: nobody holds it from 2026-07-01 to 2026-07-02",
        ),
        (
            move("new", "from", date(2026, 6, 30)),
            "holders: chief of guangzhou: old and new both hold it on 2026-06-30",
        ),
        (
            move("old", "from", date(2026, 2, 1)),
            "holders: chief of guangzhou: nobody holds it from 2026-01-01 to 2026-01-31",
        ),
        (
            add(staff="dep", bureau="guangzhou", **{"from": date(2026, 3, 1)}),
            "holders: deputy of guangzhou: dep and dep both hold it on 2026-03-01",
        ),
        (add(bureau="atlantis"), "holders[15].bureau: there is no such bureau"),
        (add(office="king"), "holders[15].office: there is no such office"),
        (add(office="duty"), "holders[15]: only the province has a duty"),
        (add(office="unit"), "holders[15].unit: it goes with the office `unit`"),
        (add(unit="traffic"), "holders[15].unit: it goes with the office `unit`"),
        (add(staff=" "), "holders[15].staff: a text is needed"),
        (add(staff="陈 某"), "holders[15].staff: an opaque id is needed"),
        (add(to="2025-01-01"), "holders[15]: it ends before it begins"),
        (add(to="soon"), "holders[15].to: a day such as 2026-02-14 is needed"),
        (add(**{"from": None}), "holders[15].from: a day such as"),
        (put("version", None), "version: a text is needed"),
        (put("bureaus", []), "bureaus: each name once, and at least one"),
        (
            put("bureaus", [{"bureau": "foshan", "joined": JULY}]),
            "bureaus: province must be among them",
        ),
        (
            put("bureaus", [{"bureau": PROVINCE, "joined": NEW_YEAR}] * 2),
            "bureaus: each name once",
        ),
        (put("bureaus", [{"bureau": PROVINCE}]), "bureaus[0].joined: a day such as"),
        (put("bureaus", "none"), "bureaus: a list is needed"),
        (put("holders", None), "holders: a list is needed"),
    ],
)
def test_a_faulty_file_is_told_in_a_sentence_where(
    change: Callable[[dict[str, Any]], None], said: str
) -> None:
    data = file()
    change(data)
    with pytest.raises(BadData) as fault:
        read(data)
    assert str(fault.value).startswith(said)


def test_an_office_whose_last_holder_leaves_some_day_is_no_hole_yet() -> None:
    data = file()
    move("new", "to", date(2026, 12, 31))(data)
    assert read(data).holders("chief", "guangzhou", on=date(2027, 1, 1)) == []


# --- terms ---------------------------------------------------------------------------------------

days = st.dates(date(2026, 1, 1), date(2026, 3, 1))
spans = st.tuples(days, days | st.just(FOR_EVER)).map(lambda two: DateRange(min(two), max(two)))


@given(st.lists(spans, max_size=5))
def test_two_at_a_time_are_seen_and_only_they(of: list[DateRange]) -> None:
    terms = [Term("chief", "foshan", None, "x", span) for span in of]
    common = any(
        one.first <= other.last and other.first <= one.last
        for number, one in enumerate(of)
        for other in of[number + 1 :]
    )
    if common:
        with pytest.raises(BadData):
            no_two(terms, "chief")
    else:
        no_two(terms, "chief")


@given(st.lists(spans, max_size=5), days)
def test_a_day_without_a_holder_before_the_last_one_s_end_is_seen(
    of: list[DateRange], since: date
) -> None:
    terms = [Term("chief", "foshan", None, "x", span) for span in of]
    last = min(max((span.last for span in of), default=since), date(2026, 3, 2))
    wanted = [since + DAY * n for n in range((last - since).days + 1)] or [since]
    free = [day for day in wanted if not any(day in span for span in of)]
    if free:
        with pytest.raises(BadData, match=f"nobody holds it from {free[0]} "):
            no_hole(terms, "chief", since=since)
    else:
        no_hole(terms, "chief", since=since)
