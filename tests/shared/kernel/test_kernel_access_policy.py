"""Who sees what of a letter, whoever holds or held it, whatever it complains of?"""

import pytest

from shared.contracts import values
from shared.kernel.access_policy import Held, Sight, Standing, can_view, seen_until
from shared.kernel.complaints import (
    INSPECTION,
    TO_ITS_INSPECTION,
    TO_NOBODY,
    About,
    Path,
    complained_of,
    path_of_complaint,
)
from shared.kernel.finding import open_marks
from shared.kernel.places import PROVINCE
from tests.shared.kernel.relations import CLAIMS, who

GZ_TRAFFIC = About("guangzhou", "traffic")


def seeing(letter: Standing) -> dict[str, Sight]:
    """Everybody with one role who sees anything of the letter."""
    sights = {claim: can_view(who(claim), letter) for claim in CLAIMS}
    return {claim: sight for claim, sight in sights.items() if sight != "nothing"}


ALWAYS: dict[str, Sight] = {
    "triage": "all",
    "supervisor": "all",
    "director": "all",
    "auditor": "course",
    "custodian": "course",
    "editor": "copy",
}
GZ: dict[str, Sight] = {"bureau:guangzhou:handler": "all", "bureau:guangzhou:chief": "all"}
GZ_PAST: dict[str, Sight] = dict.fromkeys(GZ, "past")
DEPARTMENTS_INSPECTION: dict[str, Sight] = {
    "bureau:province:inspection:handler": "all",
    "bureau:province:inspection:chief": "all",
}
GZ_INSPECTION: dict[str, Sight] = {
    "bureau:guangzhou:inspection:handler": "all",
    "bureau:guangzhou:chief": "all",
}


@pytest.mark.parametrize(
    ("letter", "seen"),
    [
        (Standing("triage"), ALWAYS),
        (Standing("guangzhou"), ALWAYS | GZ),
        (
            Standing("guangzhou", "traffic"),
            ALWAYS | GZ | {"bureau:guangzhou:traffic:handler": "all"},
        ),
        (
            Standing("guangzhou", "household", (Held("guangzhou", "traffic", 4),)),
            ALWAYS
            | GZ
            | {
                "bureau:guangzhou:household:handler": "all",
                "bureau:guangzhou:traffic:handler": "past",
            },
        ),
        (Standing("triage", held=(Held("guangzhou", None, 3),)), ALWAYS | GZ_PAST),
        (
            Standing("foshan", held=(Held("guangzhou", None, 3),)),
            ALWAYS | GZ_PAST | {"bureau:foshan:handler": "all", "bureau:foshan:chief": "all"},
        ),
        (
            Standing("guangzhou", addressed_to=PROVINCE),
            ALWAYS | GZ | {"bureau:province:handler": "course", "bureau:province:chief": "course"},
        ),
        (Standing("guangzhou", about=GZ_TRAFFIC), ALWAYS | GZ_INSPECTION),
        (Standing("guangzhou", "traffic", about=GZ_TRAFFIC), ALWAYS | GZ_INSPECTION),
        (
            Standing("guangzhou", "household", about=About("guangzhou", "station-7")),
            ALWAYS | GZ_INSPECTION,
        ),
        (Standing("guangzhou", about=About("guangzhou")), ALWAYS),
        (Standing("guangzhou", about=About("guangzhou", INSPECTION)), ALWAYS),
        (Standing("guangzhou", about=About("guangzhou", officer="ann")), ALWAYS),
        (Standing("guangzhou", about=About("foshan", "traffic")), ALWAYS | GZ),
        (Standing("guangzhou", about=About(None)), ALWAYS),
        (Standing("triage", about=About(PROVINCE)), DEPARTMENTS_INSPECTION),
        (
            Standing(PROVINCE, "traffic", (Held(PROVINCE, None, 3),), PROVINCE, About(PROVINCE)),
            DEPARTMENTS_INSPECTION,
        ),
        (Standing(PROVINCE, about=About(PROVINCE, officer="ann")), DEPARTMENTS_INSPECTION),
        (Standing("triage", about=About(PROVINCE, INSPECTION)), {}),
        (Standing(PROVINCE, about=About(PROVINCE, INSPECTION)), {}),
        (Standing("guangzhou", excluded=frozenset({"guangzhou"})), ALWAYS),
        (
            Standing("triage", about=About(PROVINCE, "triage")),
            {claim: sight for claim, sight in ALWAYS.items() if claim != "triage"},
        ),
    ],
)
def test_who_sees_what(letter: Standing, seen: dict[str, Sight]) -> None:
    assert seeing(letter) == seen


@pytest.mark.parametrize(
    "claim",
    [
        "", "bureau", "bureau:guangzhou", "bureau::handler", "bureau::traffic:handler",
        "bureau:guangzhou::handler",
        "bureau:guangzhou:traffic:chief", "bureau:guangzhou:inspection:chief",
        "bureau:province:traffic:chief", "bureau:guangzhou:handler:handler:x", "triage:x",
        "Triage", "named path", "named_path", "handler", "bureau:guangzhou:clerk",
    ],
)  # fmt: skip
def test_a_claim_of_another_form_opens_nothing(claim: str) -> None:
    for letter in (Standing("guangzhou"), Standing("triage", about=About(PROVINCE))):
        assert can_view(who(claim), letter) == "nothing"


@pytest.mark.parametrize("role", ["handler", "chief"])
def test_the_departments_inspection_sees_its_complaints_and_other_chiefs_of_units_nothing(
    role: str,
) -> None:
    inspector = who(f"bureau:province:inspection:{role}")
    for excluded in (frozenset[str](), frozenset({PROVINCE})):
        letter = Standing(PROVINCE, about=About(PROVINCE), excluded=excluded)
        assert can_view(inspector, letter) == "all"
    letter = Standing(PROVINCE, about=About(PROVINCE), excluded=frozenset({"province:inspection"}))
    assert can_view(inspector, letter) == "nothing"
    themself = Standing(PROVINCE, about=About(PROVINCE, officer="cyn"))
    assert can_view(inspector, themself) == "nothing"


def test_no_unit_can_be_named_so_that_it_passes_for_the_office_or_the_chief() -> None:
    for unit in ("handler", "chief"):
        assert can_view(who(f"bureau:guangzhou:{unit}:handler"), Standing("guangzhou")) == "nothing"


def test_a_former_holder_sees_no_further_than_its_last_holding_went() -> None:
    held = (Held("guangzhou", "traffic", 3), Held("guangzhou", None, 7), Held("foshan", None, 5))
    letter = Standing("triage", held=held)
    assert seen_until(who("bureau:guangzhou:handler"), letter) == 7
    assert seen_until(who("bureau:guangzhou:traffic:handler"), letter) == 3
    assert seen_until(who("bureau:foshan:chief"), letter) == 5
    assert seen_until(who("bureau:foshan:traffic:handler"), letter) == 0


def test_one_seat_that_it_is_kept_from_outweighs_every_other() -> None:
    letter = Standing("guangzhou", about=GZ_TRAFFIC)
    assert can_view(who("supervisor", "bureau:guangzhou:traffic:handler"), letter) == "nothing"
    both = who("bureau:guangzhou:inspection:handler", "bureau:guangzhou:traffic:handler")
    assert can_view(both, letter) == "nothing"


@pytest.mark.parametrize(
    ("about", "path"),
    [
        (About("guangzhou", "station-7"), Path("guangzhou", INSPECTION)),
        (About("guangzhou", "traffic", "ann"), Path("guangzhou", INSPECTION)),
        (About(PROVINCE, "traffic"), Path(PROVINCE, INSPECTION)),
        (About("guangzhou"), Path(PROVINCE)),
        (About("guangzhou", INSPECTION), Path(PROVINCE)),
        (About("guangzhou", officer="ann"), Path(PROVINCE)),
        (About(PROVINCE), TO_ITS_INSPECTION),
        (About(PROVINCE, officer="ann"), TO_ITS_INSPECTION),
        (About(PROVINCE, INSPECTION), TO_NOBODY),
        (About(PROVINCE, "p-7", police_type=INSPECTION), TO_NOBODY),
        (About(None), None),
        (About(None, "traffic", "ann"), None),
    ],
)
def test_a_complaint_goes_one_level_up(about: About, path: Path | None) -> None:
    assert path_of_complaint(about) == path


@pytest.mark.parametrize(
    ("said", "about"),
    [
        (values.About(kind="bureau", bureau="guangzhou"), About("guangzhou")),
        (values.About(kind="bureau", bureau="guangzhou", level="city"), About("guangzhou")),
        (
            values.About(kind="bureau", bureau="guangzhou", level="county"),
            About("guangzhou", "county"),
        ),
        (
            values.About(kind="bureau", bureau="guangzhou", police_type="traffic"),
            About("guangzhou"),
        ),
        (values.About(kind="unit", bureau="guangzhou"), About("guangzhou")),
        (
            values.About(kind="unit", bureau="guangzhou", level="station"),
            About("guangzhou", "station"),
        ),
        (
            values.About(kind="unit", bureau="guangzhou", police_type="traffic", unit="t-2"),
            About("guangzhou", "t-2", police_type="traffic"),
        ),
        (
            values.About(kind="officer", bureau="guangzhou", level="station", officer="ann"),
            About("guangzhou", "station", "ann"),
        ),
        (values.About(kind="officer", bureau="guangzhou"), About("guangzhou")),
        (values.About(kind="officer"), About(None)),
        (values.About(kind="bureau", level="province"), About(PROVINCE)),
        (values.About(kind="bureau", bureau="guangzhou", level="province"), About(PROVINCE)),
        (
            values.About(kind="unit", bureau="province", police_type="traffic"),
            About(PROVINCE, police_type="traffic"),
        ),
    ],
)
def test_what_an_event_says_is_read_as_the_highest_that_it_names(
    said: values.About, about: About
) -> None:
    assert complained_of(said) == about


def test_the_line_of_work_of_a_unit_is_kept_out_with_it() -> None:
    letter = Standing("guangzhou", about=About("guangzhou", "t-2", police_type="traffic"))
    both = who("bureau:guangzhou:inspection:handler", "bureau:guangzhou:traffic:handler")
    assert can_view(both, letter) == "nothing"
    assert can_view(who("bureau:guangzhou:inspection:handler"), letter) == "all"


def test_the_writer_of_a_complaint_about_the_department_is_told_of_12389() -> None:
    assert (TO_ITS_INSPECTION.tell, TO_NOBODY.tell) == ("12389", "12389")
    assert (TO_ITS_INSPECTION.bureau, TO_NOBODY.bureau) == (PROVINCE, None)


def test_marks_are_texts_of_sight_and_role() -> None:
    assert open_marks(Standing("guangzhou", held=(Held("foshan", None, 2),))) == {
        "all/triage",
        "all/supervisor",
        "all/director",
        "all/bureau:guangzhou:chief",
        "all/bureau:guangzhou:handler",
        "past/bureau:foshan:chief",
        "past/bureau:foshan:handler",
        "course/auditor",
        "course/custodian",
        "copy/editor",
    }
