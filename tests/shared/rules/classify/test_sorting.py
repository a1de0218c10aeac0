"""Which rule matches a letter, and the result."""

import pytest

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import TriageClass, TriageReason
from shared.rules.classify.sorting import sort, sort_all
from shared.rules.classify.triage import TriageResult, triaged
from shared.rules.text.written import Written
from tests.shared.rules.labelled import DEMO

WRITTEN = Written("路灯坏了", "村口的路灯坏了三个月。", category="request")


def test_the_first_rule_that_has_something_to_say_decides() -> None:
    rules = [
        lambda written: TriageResult("emergency") if "火" in written.body else None,
        lambda written: (
            TriageResult("not_police", evidence=("lamp",)) if "路灯" in written.body else None
        ),
        lambda _: TriageResult("crime_report"),
    ]
    assert triaged(WRITTEN, rules=rules) == TriageResult("not_police", evidence=("lamp",))
    assert triaged(Written("", "起火了"), rules=rules).class_ == "emergency"
    assert triaged(Written("", ""), rules=rules).class_ == "crime_report"


def test_a_letter_of_which_no_rule_says_anything_comes_in_and_asks_nobody() -> None:
    assert triaged(WRITTEN, rules=[lambda _: None]) == TriageResult(
        "accept", asks=False, evidence=()
    )


@pytest.mark.parametrize(
    ("city", "addressed", "bureau", "evidence"),
    [
        ("foshan", None, "foshan", "city.named"),
        ("foshan", "foshan", "foshan", "city.named"),
        (None, "province", "province", "bureau.addressed"),
    ],
)
def test_a_choice_of_the_writer_is_certain(
    city: Bureau | None, addressed: Bureau | None, bureau: Bureau, evidence: str
) -> None:
    found = sort(
        Written("", "", category="thanks", city=city, addressed_to=addressed), triage="accept"
    )
    assert (found.bureau, found.evidence, found.confidence) == (bureau, (evidence,), 1.0)
    assert (found.reasons, found.category, found.police_type) == ((), "thanks", None)


@pytest.mark.parametrize(
    ("written", "triage", "reason"),
    [
        (Written("", "", city="foshan"), "crime_report", "crime_report"),
        (Written("", "", city="foshan", is_about_police=True), "not_police", "not_police"),
        (Written("", "", city="foshan", is_about_police=True), "accept", "about_police"),
        (Written("", "", city="foshan", addressed_to="zhuhai"), "accept", "conflict_of_places"),
        (Written("", "路灯不亮"), "accept", "no_place"),
        (Written("", ""), "emergency", "no_place"),
    ],
)
def test_a_person_must_choose_where_the_rules_are_not_certain(
    written: Written, triage: TriageClass, reason: TriageReason
) -> None:
    found = sort(written, triage=triage)
    assert (found.bureau, found.reasons, found.confidence) == (None, (reason,), 0.0)


def test_a_crime_report_of_few_words_is_for_the_criminal_police() -> None:
    assert sort(Written("", "有人偷了我的东西"), triage="crime_report").police_type == "criminal"


def test_showing_a_letter_shows_no_word_of_it() -> None:
    assert "路灯" not in repr(WRITTEN)


def test_letters_that_are_read_together_are_read_as_each_alone() -> None:
    letters = [
        (Written(row["subject"], row["body"], city=row["city"] if at % 2 else None), row["triage"])
        for at, row in enumerate(DEMO)
    ]
    letters[3:3] = [(Written("", ""), "accept"), (Written("", " "), "crime_report")]
    assert sort_all(letters) == [sort(written, triage=triage) for written, triage in letters]
    assert sort_all([]) == []
