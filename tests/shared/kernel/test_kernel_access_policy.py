"""What each person sees of a letter, for all holders, former holders and complaints."""

import pytest

from shared.contracts import values
from shared.kernel.access_policy import LetterAccess, PastHolding, Sight, can_view
from shared.kernel.complaints import (
    INSPECTION,
    TO_ITS_INSPECTION,
    TO_NOBODY,
    ComplaintTarget,
    Path,
    complained_of,
    path_of_complaint,
)
from shared.kernel.finding import open_marks
from shared.kernel.places import PROVINCE
from tests.shared.kernel.relations import CLAIMS, who

GZ_TRAFFIC = ComplaintTarget("guangzhou", "traffic")


def seeing(letter: LetterAccess) -> dict[str, Sight]:
    """All people with one role who see anything of the letter."""
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
        (LetterAccess("triage"), ALWAYS),
        (LetterAccess("guangzhou"), ALWAYS | GZ),
        (
            LetterAccess("guangzhou", "traffic"),
            ALWAYS | GZ | {"bureau:guangzhou:traffic:handler": "all"},
        ),
        (
            LetterAccess("guangzhou", "household", (PastHolding("guangzhou", "traffic", 4),)),
            ALWAYS
            | GZ
            | {
                "bureau:guangzhou:household:handler": "all",
                "bureau:guangzhou:traffic:handler": "past",
            },
        ),
        (LetterAccess("triage", held=(PastHolding("guangzhou", None, 3),)), ALWAYS | GZ_PAST),
        (
            LetterAccess("foshan", held=(PastHolding("guangzhou", None, 3),)),
            ALWAYS | GZ_PAST | {"bureau:foshan:handler": "all", "bureau:foshan:chief": "all"},
        ),
        (
            LetterAccess("guangzhou", addressed_to=PROVINCE),
            ALWAYS | GZ | {"bureau:province:handler": "course", "bureau:province:chief": "course"},
        ),
        (LetterAccess("guangzhou", about=GZ_TRAFFIC), ALWAYS | GZ_INSPECTION),
        (LetterAccess("guangzhou", "traffic", about=GZ_TRAFFIC), ALWAYS | GZ_INSPECTION),
        (
            LetterAccess("guangzhou", "household", about=ComplaintTarget("guangzhou", "station-7")),
            ALWAYS | GZ_INSPECTION,
        ),
        (LetterAccess("guangzhou", about=ComplaintTarget("guangzhou")), ALWAYS),
        (LetterAccess("guangzhou", about=ComplaintTarget("guangzhou", INSPECTION)), ALWAYS),
        (LetterAccess("guangzhou", about=ComplaintTarget("guangzhou", officer="ann")), ALWAYS),
        (LetterAccess("guangzhou", about=ComplaintTarget("foshan", "traffic")), ALWAYS | GZ),
        (LetterAccess("guangzhou", about=ComplaintTarget(None)), ALWAYS),
        (LetterAccess("triage", about=ComplaintTarget(PROVINCE)), DEPARTMENTS_INSPECTION),
        (
            LetterAccess(
                PROVINCE,
                "traffic",
                (PastHolding(PROVINCE, None, 3),),
                PROVINCE,
                ComplaintTarget(PROVINCE),
            ),
            DEPARTMENTS_INSPECTION,
        ),
        (
            LetterAccess(PROVINCE, about=ComplaintTarget(PROVINCE, officer="ann")),
            DEPARTMENTS_INSPECTION,
        ),
        (LetterAccess("triage", about=ComplaintTarget(PROVINCE, INSPECTION)), {}),
        (LetterAccess(PROVINCE, about=ComplaintTarget(PROVINCE, INSPECTION)), {}),
        (LetterAccess("guangzhou", excluded=frozenset({"guangzhou"})), ALWAYS),
        (
            LetterAccess("triage", about=ComplaintTarget(PROVINCE, "triage")),
            {claim: sight for claim, sight in ALWAYS.items() if claim != "triage"},
        ),
    ],
)
def test_who_sees_what(letter: LetterAccess, seen: dict[str, Sight]) -> None:
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
    for letter in (
        LetterAccess("guangzhou"),
        LetterAccess("triage", about=ComplaintTarget(PROVINCE)),
    ):
        assert can_view(who(claim), letter) == "nothing"


@pytest.mark.parametrize("role", ["handler", "chief"])
def test_the_departments_inspection_sees_its_complaints_and_other_chiefs_of_units_nothing(
    role: str,
) -> None:
    inspector = who(f"bureau:province:inspection:{role}")
    for excluded in (frozenset[str](), frozenset({PROVINCE})):
        letter = LetterAccess(PROVINCE, about=ComplaintTarget(PROVINCE), excluded=excluded)
        assert can_view(inspector, letter) == "all"
    letter = LetterAccess(
        PROVINCE, about=ComplaintTarget(PROVINCE), excluded=frozenset({"province:inspection"})
    )
    assert can_view(inspector, letter) == "nothing"
    themself = LetterAccess(PROVINCE, about=ComplaintTarget(PROVINCE, officer="cyn"))
    assert can_view(inspector, themself) == "nothing"


def test_no_unit_can_be_named_so_that_it_passes_for_the_office_or_the_chief() -> None:
    for unit in ("handler", "chief"):
        assert (
            can_view(who(f"bureau:guangzhou:{unit}:handler"), LetterAccess("guangzhou"))
            == "nothing"
        )


def test_one_seat_that_it_is_kept_from_outweighs_every_other() -> None:
    letter = LetterAccess("guangzhou", about=GZ_TRAFFIC)
    assert can_view(who("supervisor", "bureau:guangzhou:traffic:handler"), letter) == "nothing"
    both = who("bureau:guangzhou:inspection:handler", "bureau:guangzhou:traffic:handler")
    assert can_view(both, letter) == "nothing"


@pytest.mark.parametrize(
    ("about", "path"),
    [
        (ComplaintTarget("guangzhou", "station-7"), Path("guangzhou", INSPECTION)),
        (ComplaintTarget("guangzhou", "traffic", "ann"), Path("guangzhou", INSPECTION)),
        (ComplaintTarget(PROVINCE, "traffic"), Path(PROVINCE, INSPECTION)),
        (ComplaintTarget("guangzhou"), Path(PROVINCE)),
        (ComplaintTarget("guangzhou", INSPECTION), Path(PROVINCE)),
        (ComplaintTarget("guangzhou", officer="ann"), Path(PROVINCE)),
        (ComplaintTarget(PROVINCE), TO_ITS_INSPECTION),
        (ComplaintTarget(PROVINCE, officer="ann"), TO_ITS_INSPECTION),
        (ComplaintTarget(PROVINCE, INSPECTION), TO_NOBODY),
        (ComplaintTarget(PROVINCE, "p-7", police_type=INSPECTION), TO_NOBODY),
        (ComplaintTarget(None), None),
        (ComplaintTarget(None, "traffic", "ann"), None),
    ],
)
def test_a_complaint_goes_one_level_up(about: ComplaintTarget, path: Path | None) -> None:
    assert path_of_complaint(about) == path


@pytest.mark.parametrize(
    ("said", "about"),
    [
        (values.About(kind="bureau", bureau="guangzhou"), ComplaintTarget("guangzhou")),
        (
            values.About(kind="bureau", bureau="guangzhou", level="city"),
            ComplaintTarget("guangzhou"),
        ),
        (
            values.About(kind="bureau", bureau="guangzhou", level="county"),
            ComplaintTarget("guangzhou", "county"),
        ),
        (
            values.About(kind="bureau", bureau="guangzhou", police_type="traffic"),
            ComplaintTarget("guangzhou"),
        ),
        (values.About(kind="unit", bureau="guangzhou"), ComplaintTarget("guangzhou")),
        (
            values.About(kind="unit", bureau="guangzhou", level="station"),
            ComplaintTarget("guangzhou", "station"),
        ),
        (
            values.About(kind="unit", bureau="guangzhou", police_type="traffic", unit="t-2"),
            ComplaintTarget("guangzhou", "t-2", police_type="traffic"),
        ),
        (
            values.About(kind="officer", bureau="guangzhou", level="station", officer="ann"),
            ComplaintTarget("guangzhou", "station", "ann"),
        ),
        (values.About(kind="officer", bureau="guangzhou"), ComplaintTarget("guangzhou")),
        (values.About(kind="officer"), ComplaintTarget(None)),
        (values.About(kind="bureau", level="province"), ComplaintTarget(PROVINCE)),
        (
            values.About(kind="bureau", bureau="guangzhou", level="province"),
            ComplaintTarget(PROVINCE),
        ),
        (
            values.About(kind="unit", bureau="province", police_type="traffic"),
            ComplaintTarget(PROVINCE, police_type="traffic"),
        ),
    ],
)
def test_what_an_event_says_is_read_as_the_highest_that_it_names(
    said: values.About, about: ComplaintTarget
) -> None:
    assert complained_of(said) == about


def test_the_line_of_work_of_a_unit_is_kept_out_with_it() -> None:
    letter = LetterAccess(
        "guangzhou", about=ComplaintTarget("guangzhou", "t-2", police_type="traffic")
    )
    both = who("bureau:guangzhou:inspection:handler", "bureau:guangzhou:traffic:handler")
    assert can_view(both, letter) == "nothing"
    assert can_view(who("bureau:guangzhou:inspection:handler"), letter) == "all"


def test_the_writer_of_a_complaint_about_the_department_is_told_of_12389() -> None:
    assert (TO_ITS_INSPECTION.tell, TO_NOBODY.tell) == ("12389", "12389")
    assert (TO_ITS_INSPECTION.bureau, TO_NOBODY.bureau) == (PROVINCE, None)


def test_marks_are_texts_of_sight_and_role() -> None:
    assert open_marks(LetterAccess("guangzhou", held=(PastHolding("foshan", None, 2),))) == {
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
