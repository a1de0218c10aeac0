"""Numbers of identity documents, and the ages that follow from them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.vocabulary import DocumentType
from shared.kernel.documents import FORMS, age_group, born_on, is_valid, normal_number

VALID: list[tuple[DocumentType, str, date | None]] = [
    ("resident_id", "440199198804122181", date(1988, 4, 12)),
    ("passport", "E00000417", None),
    ("residence_permit", "810000197908089918", date(1979, 8, 8)),
    ("hong_kong_macao_permit", "H00000019", None),
    ("hong_kong_macao_permit", "M0000001901", None),
    ("taiwan_permit", "00000199", None),
    ("permanent_residence", "911199198707049908", date(1987, 7, 4)),
    ("permanent_residence", "ABC000000000000", None),
]
INVALID: list[tuple[DocumentType, str]] = [
    ("resident_id", "440199198804122182"),
    ("resident_id", "440199198813122181"),
    ("resident_id", "44019919880412218"),
    ("resident_id", "911199198707049908"),
    ("resident_id", ""),
    ("passport", "ABCDEF"),
    ("passport", "E1"),
    ("residence_permit", "440199198804122181"),
    ("residence_permit", "810000197908089917"),
    ("hong_kong_macao_permit", "T00000019"),
    ("taiwan_permit", "H00000019"),
    ("permanent_residence", "911199198707049907"),
]
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(("kind", "number", "born"), VALID)
def test_a_number_of_the_document_is_valid_and_tells_the_date_of_birth_if_it_has_one(
    kind: DocumentType, number: str, born: date | None
) -> None:
    assert is_valid(kind, number)
    assert born_on(kind, number) == born


@pytest.mark.parametrize(("kind", "number"), INVALID)
def test_a_number_that_the_document_cannot_have_is_not_valid(
    kind: DocumentType, number: str
) -> None:
    assert not is_valid(kind, number)


@pytest.mark.parametrize("place", range(17))
def test_a_changed_digit_is_noticed(place: int) -> None:
    right = "440199198804122181"
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    assert not is_valid("resident_id", wrong)


@pytest.mark.parametrize(
    "written",
    ["４４０１９９１９８８０４１２２１８１", "440199 19880412-2181"],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert normal_number(written) == "440199198804122181"


@pytest.mark.parametrize(
    ("born", "group"),
    [
        (date(2012, 11, 24), "14_to_17"),
        (date(2012, 11, 25), "under_14"),
        (date(2008, 11, 25), "14_to_17"),
        (date(2008, 11, 24), None),
        (date(2008, 2, 29), None),
        (date(2026, 11, 24), "under_14"),
        (None, None),
    ],
)
def test_an_age_counts_from_the_beginning_of_the_birthday(
    born: date | None, group: str | None
) -> None:
    assert age_group(born, TODAY) == group


@given(st.sampled_from(sorted(FORMS)), st.text(max_size=24))
def test_any_text_can_be_asked_about(kind: DocumentType, text: str) -> None:
    number = normal_number(text)
    is_valid(kind, number)
    born_on(kind, text)
