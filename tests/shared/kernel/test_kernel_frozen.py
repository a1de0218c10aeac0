"""A frozen dataclass is changed as by `dataclasses.replace`."""

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import pytest

from shared.kernel.frozen import replace


@dataclass(frozen=True)
class Told:
    """A fact with a default."""

    what: str
    times: int = 1


@dataclass(frozen=True)
class Counted(Told):
    """One that caches something."""

    @cached_property
    def shown(self) -> str:
        return f"{self.what} {self.times}"


@dataclass(frozen=True, slots=True)
class Narrow:
    """One without a `__dict__`."""

    what: str


def test_it_changes_what_is_named_and_nothing_else() -> None:
    before = Told("all", 2)
    assert replace(before, times=3) == dataclasses.replace(before, times=3) == Told("all", 3)
    assert before == Told("all", 2)


def test_the_other_is_as_frozen_and_hashes_as_its_equal() -> None:
    other = replace(Told("all"), what="some")
    assert {other} == {Told("some")}
    with pytest.raises(dataclasses.FrozenInstanceError):
        other.what = "none"  # type: ignore[misc]  # which is what is tested


def test_what_was_cached_stays_behind() -> None:
    before = Counted("all", 2)
    assert before.shown == "all 2"
    assert replace(before, times=3).shown == "all 3"


def test_a_field_that_it_doesnt_have_is_refused() -> None:
    with pytest.raises(TypeError):
        replace(Told("all"), when="now")  # type: ignore[call-arg]  # which is what is tested


def test_one_with_slots_is_refused() -> None:
    with pytest.raises(AttributeError):
        replace(Narrow("all"), what="some")
