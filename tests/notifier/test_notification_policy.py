"""Who must not know of a letter is not told either that it is late."""

import pytest

from shared.contracts.progress_v1 import LetterReclassified
from shared.contracts.slugs import Holder
from shared.contracts.values import About
from shared.contracts.vocabulary import LevelName
from tests.notifier.story import said
from tests.notifier.test_own_clocks import RUNNING, escalated, told


@pytest.mark.parametrize("level", ["reminder", "red", "chief", "province"])
def test_whom_a_letter_complains_of_is_not_told_that_it_is_late(level: LevelName) -> None:
    """What its holder turns out to be about is the province's, and within a bureau inspection's."""
    whole = About(kind="bureau", bureau="guangzhou")
    assert {one[1] for one in told(reclassified(whole), RUNNING, escalated(level))} == {"province"}
    within = About(kind="unit", bureau="guangzhou", police_type="traffic")
    desks = {one[:3] for one in told(RUNNING, reclassified(within), escalated(level))}
    assert desks <= {
        ("unit", "guangzhou", "inspection"),
        ("chief", "guangzhou", None),
        ("province_supervision", "guangzhou", None),
    }
    assert desks


def reclassified(about: About) -> LetterReclassified:
    return said(
        LetterReclassified,
        category="complaint",
        about=about,
        excluded=("guangzhou",) if about.kind == "bureau" else (),
        masked=True,
    )


@pytest.mark.parametrize("level", ["reminder", "red", "chief", "province"])
@pytest.mark.parametrize("holder", ["triage", "province"])
def test_of_a_complaint_about_the_department_those_named_alone_are_told(
    level: LevelName, holder: Holder
) -> None:
    department = About(kind="bureau", level="province")
    late = escalated(level, holder=holder)
    (desk,) = {one[:3] for one in told(reclassified(department), RUNNING, late)}
    assert desk == ("named", "province", None)
    assert len(told(reclassified(department), RUNNING, late)) == 1
