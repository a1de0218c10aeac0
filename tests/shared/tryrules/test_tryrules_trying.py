"""Results are what the services would do, and contain no words of the letter."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.api.letter_submission import submit_command
from services.intake.api.letters_schemas import NewLetter
from shared.platform.http.tokens import Person
from shared.platform.runtime.data_files import FOLDER, bureaus
from shared.platform.runtime.json_lines import BadLine
from shared.rules.classify.triage import TriageResult, triaged
from shared.rules.text.written import Written
from shared.tryrules.letters import Ids, TrialLetter, letter_on
from shared.tryrules.trying import tried
from tests.router.story import given, receive

DEMO = [
    json.loads(line)
    for line in (FOLDER / "demo" / "letters_dev.jsonl").read_text("utf-8").splitlines()
]
LINE: dict[str, Any] = {"id": "1", "subject": "路灯坏了", "body": "村口的路灯坏了三个月。"}
WRITER = Person(
    sub="w", roles=frozenset(), name="陈小圆", id_number="440199199001010018", phone="15400001111"
)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def letter(**over: Any) -> TrialLetter:
    return letter_on(json.dumps(LINE | over).encode())


def split(reasons: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The front desk's reasons, and the router's."""
    front = [one for one in reasons if one["code"].startswith("triage.")]
    return front, [one for one in reasons if one not in front]


def faults_of(line: str | bytes) -> str:
    with pytest.raises(BadLine) as bad:
        letter_on(line if isinstance(line, bytes) else line.encode())
    return "; ".join(bad.value.faults)


def test_a_letter_without_a_form_waits_for_a_person_to_choose() -> None:
    assert tried(letter(subject="信号灯", body="东门口的绿灯太短，请派人看看。")) == {
        "id": "1",
        "triage": "accept",
        "ask": False,
        "category": "request",
        "police_type": "traffic",
        "city": None,
        "confidence": 0.0,
        "reasons": [{"code": "ambiguous_place", "evidence": ["topic.traffic", "kind.request"]}],
        "pii": [],
    }


def test_what_a_rule_says_of_the_words_is_told_with_its_evidence() -> None:
    asks = tried(
        letter(), rules=[lambda _: TriageResult("emergency", asks=True, evidence=("now",))]
    )
    assert (asks["triage"], asks["ask"]) == ("emergency", True)
    assert asks["reasons"] == [
        {"code": "triage.emergency", "evidence": ["now"]},
        {"code": "no_place", "evidence": ["topic.command", "kind.request"]},
    ]
    crime = tried(letter(), rules=[lambda _: TriageResult("crime_report")])
    assert [one["code"] for one in crime["reasons"]] == ["triage.crime_report", "crime_report"]


def test_personal_values_are_counted_in_code_points_of_the_body() -> None:
    body = "😀电话１５４-3947 8548，身份证440199195910235290。"
    spans = tried(letter(body=body, subject="15439478548"))["pii"]
    assert [(body[one["start"] : one["end"]], one["type"]) for one in spans] == [
        ("１５４-3947 8548", "phone"), ("440199195910235290", "id_card"),
    ]  # fmt: skip


def test_the_form_of_other_fields_is_left_alone() -> None:
    assert tried(letter(city="foshan", category="thanks", remark=[1])) == tried(letter())


@pytest.mark.parametrize("row", DEMO, ids=lambda row: row["id"])
def test_intake_and_the_router_do_what_is_told(row: dict[str, Any]) -> None:
    told = tried(letter_on(json.dumps(row).encode()))
    body = NewLetter(subject=row["subject"], body=row["body"], category=row["category"])
    found = triaged(Written(row["subject"], row["body"]))
    sent = submit_command(WRITER, body, triaged=found, owner="w", received_at=NOON).letter
    assert sent.triage.class_ == told["triage"]
    came = receive(None, words=sent.words, triage=sent.triage, category=told["category"])
    received, _, moved = given().when(came).caused
    assert (received.confidence, received.police_type) == (told["confidence"], told["police_type"])
    by_front, by_router = split(told["reasons"])
    assert list(sent.triage.reasons) == [code for one in by_front for code in one["evidence"]]
    codes = [one["code"] for one in by_router]
    if codes == ["routed"]:
        assert moved.holder == told["city"]
    else:
        assert (moved.holder, [*moved.reasons]) == ("triage", codes)
    assert told["city"] is None or told["city"] in bureaus().by_slug


@pytest.mark.parametrize("given_id", ["GD-1", 7, "一号", " ", "x" * 200, 10**199])
def test_an_id_comes_back_as_it_was(given_id: str | int) -> None:
    assert tried(letter(id=given_id))["id"] == given_id


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"id": None}, "id: a text or a whole number is needed"),
        ({"id": True}, "id: a text or a whole number is needed"),
        ({"id": 1.5}, "id: a text or a whole number is needed"),
        ({"id": ""}, "id: a text or a whole number is needed"),
        ({"id": "\ud800"}, "id: a text or a whole number is needed"),
        ({"id": "x" * 201}, "id: it is too long"),
        ({"id": 10**200}, "id: it is too long"),
        ({"subject": None}, "subject: input should be a valid string"),
        ({"subject": 9977}, "subject: input should be a valid string"),
        ({"subject": ""}, "subject: string should have at least 1 character"),
        ({"subject": " \t"}, "subject: shows nothing"),
        ({"subject": "x" * 201}, "subject: string should have at most 200 characters"),
        ({"body": ["9977"]}, "body: input should be a valid string"),
        ({"body": ""}, "body: string should have at least 1 character"),
        ({"body": "\u3000"}, "body: shows nothing"),
        ({"body": "😀" * 10_001}, "body: string should have at most 10000 characters"),
        ({"body": "9977\r\n9977"}, "body: holds characters that may not be there"),
        ({"body": "9977\0"}, "body: holds characters that may not be there"),
        ({"body": "9977\ud800"}, "body: "),
        ({"id": [], "subject": 1, "body": ""}, "id: a text or a whole number is needed; subject: "),
    ],
)  # fmt: skip
def test_a_bad_field_is_named_and_its_value_is_not(over: dict[str, Any], said: str) -> None:
    found = faults_of(json.dumps(LINE | over))
    assert found.startswith(said)
    assert "9977" not in found
    assert "路灯" not in found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "the line: a JSON object in UTF-8 is needed"),
        ("[]", "the line: a JSON object in UTF-8 is needed"),
        ('"路灯"', "the line: a JSON object in UTF-8 is needed"),
        ('{"id": "1", "subject": "路灯', "the line: a JSON object in UTF-8 is needed"),
        ('{"id": NaN}', "the line: a JSON object in UTF-8 is needed"),
        ('\ufeff{"id": 1}', "the line: a JSON object in UTF-8 is needed"),
        ("[" * 100_000, "the line: a JSON object in UTF-8 is needed"),
        (b'{"id": "\xff"}', "the line: a JSON object in UTF-8 is needed"),
        ('{"id": 1, "id": 2}', "id: stands twice"),
        ('{"id": 1, "路灯": {"坏": 1, "坏": 2}}', "a field: stands twice"),
        ("{}", "id: it is missing; subject: it is missing; body: it is missing"),
        (" " * 2**20 + "{}", "the line: it has more than 1048576 bytes"),
    ],
)
def test_a_line_that_is_no_letter_is_named(line: str | bytes, said: str) -> None:
    assert faults_of(line) == said


def test_an_id_that_an_earlier_line_has_is_refused_and_a_number_is_no_text() -> None:
    ids = Ids()
    for given_id in ("1", 1, "2"):
        ids.once(letter(id=given_id))
    with pytest.raises(BadLine, match="id: an earlier line has it"):
        ids.once(letter(id="1", body="别的"))
