"""Where a writer is referred to, with which number, and who reads the letter."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from shared.contracts.slugs import CITIES, Bureau
from shared.contracts.vocabulary import WhereToTurn
from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.platform.runtime.data_files import stations
from shared.rules.classify.triage import TriageResult
from shared.rules.places.stations import Stations
from shared.rules.referral_table import Turning, turning
from shared.rules.referrals import turning_to, where_to_turn, who_reads
from shared.rules.tables import table

STOP = TriageResult("emergency", evidence=("danger.violence",))
ASK = TriageResult(asks=True, evidence=("danger.fire",))


def numbers(said: TriageResult, city: Bureau | None = None) -> list[str]:
    """The numbers given, in order."""
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
        (TriageResult("emergency", evidence=("danger.fraud",)), ["110", "12110", "96110"]),
        (
            TriageResult("emergency", evidence=("danger.suicide.plan",)),
            ["110", "12110", "120", "12356"],
        ),
        (TriageResult("crime_report", evidence=("crime.fraud",)), ["110", "", "96110"]),
        (TriageResult("crime_report", asks=True), ["110", "12110", ""]),
        (TriageResult("not_police", evidence=("other.labour",)), ["12333", "12345"]),
        (TriageResult("not_police", evidence=("other.consumer",)), ["12315", "12345"]),
        (TriageResult("accept", evidence=("police.conduct",)), ["12389"]),
        (TriageResult(), []),
    ],
)
def test_what_is_told_follows_class_and_evidence(said: TriageResult, told: list[str]) -> None:
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
    day, night = (who_reads(TriageResult(), in_office_hours=is_open) for is_open in (True, False))
    assert day != night
    for urgent in (STOP, ASK):
        assert who_reads(urgent, in_office_hours=False) == who_reads(urgent, in_office_hours=True)
        assert who_reads(urgent, in_office_hours=False) not in (day, night)


def test_every_line_is_one_that_somebody_may_be_told() -> None:
    ours = turning()
    told = {code for codes in ours.by_class.values() for code in codes}
    told |= {code for added in ours.by_evidence for code in added.lines}
    assert told | set(get_args(WhereToTurn)) == set(ours.lines)


@pytest.mark.parametrize("code", get_args(WhereToTurn))
def test_wherever_a_reply_sends_somebody_has_name_number_and_hours(code: WhereToTurn) -> None:
    (line,) = turning_to(code, city=None)
    assert all((line.name_zh, line.name_en, line.hours_zh, line.hours_en, line.zh, line.en))
    assert line.number == (code if code.isdecimal() else "")
    assert not re.search(r"[{}]", f"{line.number}{line.zh}{line.en}")


def test_a_reply_sends_to_the_citys_own_number_and_stations() -> None:
    assert [line.number for line in turning_to("12110", city="foshan")] == ["12110757"]
    ours = Stations.of({"stations": [STATION]})
    general, named = turning_to("police_station", city="foshan", stations=ours)
    assert (named.name_zh, named.number) == ("示例派出所", "075755500000")
    assert named.hours_zh == general.hours_zh
    assert len(turning_to("12345", city="foshan", stations=ours)) == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"lines": []}, "lines: each name once"),
        ({"by_class": {"stop": ["999"]}}, "lines: there is no 999"),
        ({"readers": {}}, "readers.urgent"),
        ({"hours": {}}, r"lines\[0\].hours"),
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


STATION = {
    "city": "foshan", "zh": "示例派出所", "en": "Example Station", "address_zh": "示例路",
    "address_en": "Example Road", "phone": "075755500000", "verified": "2026-11-25",
}  # fmt: skip
REPORT = TriageResult("crime_report")


def test_a_station_is_told_only_where_an_operator_named_one_of_the_city() -> None:
    ours = Stations.of({"stations": [STATION]})
    assert numbers(REPORT, "foshan") == ["110", ""]
    told = where_to_turn(REPORT, city="foshan", stations=ours)
    assert [line.number for line in told] == ["110", "", "075755500000"]
    assert told[-1].zh == "示例派出所：示例路，075755500000"
    assert len(where_to_turn(REPORT, city="zhuhai", stations=ours)) == 2
    assert len(where_to_turn(REPORT, city=None, stations=ours)) == 2
    assert "police_station" not in {
        line.code for line in where_to_turn(STOP, city="foshan", stations=ours)
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"city": "hongkong"}, r"stations\[0\].city"),
        ({"phone": ""}, r"stations\[0\].phone: a text"),
        ({"verified": "lately"}, r"stations\[0\].verified: a day"),
        ({"tel": "1"}, r"stations\[0\]: tel is not known"),
    ],
)
def test_a_fault_in_the_operator_s_stations_is_named(change: dict[str, str], fault: str) -> None:
    with pytest.raises(BadData, match=fault):
        Stations.of({"stations": [STATION | change]})


def test_the_operator_s_file_is_read_from_where_it_lies_and_there_need_be_none(
    tmp_path: Path,
) -> None:
    file = tmp_path / "stations.yaml"
    file.write_text(json.dumps({"stations": [STATION]}), "utf-8")
    assert stations(file).in_city("foshan")
    assert stations() == Stations()
    with pytest.raises(BadData, match=r"^nowhere\.yaml"):
        stations(tmp_path / "nowhere.yaml")
