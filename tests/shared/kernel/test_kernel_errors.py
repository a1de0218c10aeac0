"""Each refusal has its documented status and code."""

import inspect

import pytest

from shared.kernel import errors
from shared.kernel.errors import NotFound, NotHeld, OutOfOrder, Poison, Refused

CODES = {
    "AlreadyDone": (409, "already_done"), "BadValue": (422, "bad_value"),
    "IdReused": (422, "id_reused"), "LimitReached": (429, "limit"),
    "NotAllowed": (403, "not_allowed"), "NotFound": (404, "not_found"),
    "ForeignLetter": (404, "not_found"), "NotHeld": (404, "not_held"),
    "OutOfOrder": (409, "out_of_order"),
    "StaleAssignment": (409, "stale_assignment"), "TooLate": (409, "too_late"),
    "TooOften": (429, "too_often"),
}  # fmt: skip


def refusals() -> dict[str, type[Refused]]:
    classes = dict(inspect.getmembers(errors, inspect.isclass))
    return {n: c for n, c in classes.items() if issubclass(c, Refused) and c is not Refused}


def test_every_refusal_has_its_status_and_code() -> None:
    assert {name: (kind.status, kind.code) for name, kind in refusals().items()} == CODES


def test_the_drawing_at_the_top_names_every_refusal_with_its_code() -> None:
    drawing = (errors.__doc__ or "").splitlines()
    for name, (status, code) in CODES.items():
        line = next(line for line in drawing if f"── {name} " in line)
        assert f"{status} {code}" in line


def test_a_refusal_reads_as_its_code_unless_it_says_more() -> None:
    assert str(OutOfOrder()) == "out_of_order"
    assert str(OutOfOrder("RouteLetter while replied")) == "RouteLetter while replied"


def test_a_letter_not_held_is_caught_wherever_one_not_found_is() -> None:
    with pytest.raises(NotFound):
        raise NotHeld


def test_poison_is_no_refusal_and_names_its_reason() -> None:
    poison = Poison("bad_envelope")
    assert not isinstance(poison, Refused)
    assert poison.reason == str(poison) == "bad_envelope"
