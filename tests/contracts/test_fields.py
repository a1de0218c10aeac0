"""Instants and days have the documented format, and every other format is refused."""

from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.fields import Day, Instant

DAY: TypeAdapter[date] = TypeAdapter(Day)
INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def test_what_is_written_rightly_is_read() -> None:
    day, noon = date(2026, 12, 8), datetime(2026, 12, 8, 12, tzinfo=UTC)
    assert [DAY.validate_python(one) for one in ("2026-12-08", day)] == [day, day]
    assert DAY.validate_json('"2026-12-08"', strict=True) == day  # as events are read
    assert [INSTANT.validate_python(one) for one in ("2026-12-08T12:00:00Z", noon)] == [noon, noon]


@pytest.mark.parametrize("given", [0, 0.5, "0", "1796688000", "2026-12-08T00:00:00", "20261208"])
def test_a_day_is_neither_a_number_nor_an_instant(given: object) -> None:
    with pytest.raises(ValidationError):
        DAY.validate_python(given)


@pytest.mark.parametrize("given", [0, 0.5, "0.5", "1796688000", "2026-12-08", True])
def test_an_instant_is_neither_a_number_nor_a_day(given: object) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(given)
