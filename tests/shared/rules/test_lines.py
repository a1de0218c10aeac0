"""To whom is a writer sent, with which number, and who is said to read the letter?"""

import re
from typing import Any

import pytest

from shared.contracts.slugs import CITIES, Bureau
from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.rules.lines import where_to_turn, who_reads
from shared.rules.tables import table
from shared.rules.triage import Triaged
from shared.rules.turning import Turning, turning

STOP = Triaged("emergency", evidence=("danger.violence",))
ASK = Triaged(asks=True, evidence=("danger.fire",))


def numbers(said: Triaged, city: Bureau | None = None) -> list[str]:
    """The numbers told, in their order."""
    return [line.number for line in where_to_turn(said, city=city)]


@pytest.mark.parametrize(
    ("city", "told"),
    [
        ("guangzhou", ["110", "020110", "12110020"]),
        ("shenzhen", ["110", "0755110", "12110755"]),
        ("shanwei", ["110", "0660110", "12110660"]),
        (None, ["110", "12110"]),
        ("province", ["110", "12110"]),
    ],
)
def test_danger_is_for_110_and_in_a_known_city_with_its_area_code(
    city: Bureau | None, told: list[str]
) -> None:
    assert numbers(STOP, city) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (ASK, ["110", "12110", "119"]),
        (Triaged("emergency", evidence=("danger.fraud",)), ["110", "12110", "96110"]),
        (Triaged("emergency", evidence=("danger.suicide.plan",)), ["110", "12110", "120", "12356"]),
        (Triaged("crime_report", evidence=("crime.fraud",)), ["110", "", "96110"]),
        (Triaged("crime_report", asks=True), ["110", "12110", ""]),
        (Triaged("not_police", evidence=("other.labour",)), ["12333", "12345"]),
        (Triaged("not_police", evidence=("other.consumer",)), ["12315", "12345"]),
        (Triaged("accept", evidence=("police.conduct",)), ["12389"]),
        (Triaged(), []),
    ],
)
def test_what_is_told_follows_class_and_evidence(said: Triaged, told: list[str]) -> None:
    assert numbers(said) == told


@pytest.mark.parametrize("city", CITIES)
def test_no_line_is_told_with_a_hole_in_it(city: Bureau) -> None:
    for line in (*where_to_turn(STOP, city=city), *where_to_turn(ASK, city=city)):
        assert not re.search(r"[{}]", f"{line.number}{line.zh}{line.en}")
        assert re.fullmatch(r"[0-9]{3,8}|", line.number)


def test_whoever_cannot_speak_is_told_before_all_others_are() -> None:
    silent = next(line for line in where_to_turn(STOP, city=None) if line.code == "12110")
    assert silent.zh.startswith("听不见、说不了话")
    assert silent.en.startswith("If you are deaf")


def test_an_emergency_is_read_at_all_hours_and_other_letters_in_office_hours() -> None:
    day, night = (who_reads(Triaged(), in_office_hours=is_open) for is_open in (True, False))
    assert day != night
    for urgent in (STOP, ASK):
        assert who_reads(urgent, in_office_hours=False) == who_reads(urgent, in_office_hours=True)
        assert who_reads(urgent, in_office_hours=False) not in (day, night)


def test_every_line_is_one_that_somebody_may_be_told() -> None:
    ours = turning()
    told = {code for codes in ours.by_class.values() for code in codes}
    told |= {code for added in ours.by_evidence for code in added.lines}
    assert told == set(ours.lines)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"lines": []}, "lines: each name once"),
        ({"by_class": {"stop": ["999"]}}, "lines: there is no 999"),
        ({"readers": {}}, "readers.urgent"),
        (
            {"by_evidence": [{"begins": "danger", "line": []}]},
            r"by_evidence\[0\]: line is not known",
        ),
        ({"lines": [{"code": "110", "number": 110}]}, r"lines\[0\].number: a text"),
    ],
)
def test_a_fault_in_the_table_is_named(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadData, match=fault):
        Turning.of({**table("lines"), **change})
    _, first = plain.rows(table("lines")["lines"], "lines")[0]
    row = {**first, "verified": "yesterday"}
    with pytest.raises(BadData, match="verified: a day"):
        Turning.of({**table("lines"), "lines": [row]})
