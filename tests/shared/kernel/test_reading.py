"""Chiefs would read other letters than the policy says, or each process another sample."""

import pytest

from shared.kernel.errors import BadData
from shared.kernel.letter_number import new_letter_number
from shared.kernel.policies import Policies
from shared.kernel.reading import ReadingPolicy
from shared.platform.runtime import data_files

DATA = {"all": ["complaint"], "late": True, "sample": {"share": 0.1, "seed": "a"}}
POLICY = ReadingPolicy.of(DATA, "reading")
NUMBERS = [new_letter_number(number.to_bytes(10, "big")) for number in range(4_000)]


def test_the_reason_is_the_first_that_holds() -> None:
    sampled = next(number for number in NUMBERS if POLICY.is_sampled(number))
    other = next(number for number in NUMBERS if not POLICY.is_sampled(number))
    assert POLICY.why(other, "complaint", is_late=True) == "category"
    assert POLICY.why(other, "inquiry", is_late=True) == "late"
    assert POLICY.why(sampled, "inquiry", is_late=False) == "sample"
    assert POLICY.why(other, "inquiry", is_late=False) is None


def test_the_sample_has_its_share_and_another_seed_draws_others() -> None:
    drawn = {number for number in NUMBERS if POLICY.is_sampled(number)}
    other = ReadingPolicy.of({**DATA, "sample": {"share": 0.1, "seed": "b"}}, "reading")
    assert 300 < len(drawn) < 500
    assert drawn != {number for number in NUMBERS if other.is_sampled(number)}


@pytest.mark.parametrize(
    "wrong",
    [{"all": "complaint"}, {"late": "yes"}, {"sample": {"share": 0, "seed": "a"}}, {"some": 1}],
)
def test_a_wrong_policy_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadData):
        ReadingPolicy.of({**DATA, **wrong}, "reading")


def test_older_policies_say_nothing_and_are_read() -> None:
    newest = data_files.policies().newest
    assert isinstance(newest, Policies)
    assert newest.reading is not None
    assert newest.reading.categories == {"complaint", "report"}
