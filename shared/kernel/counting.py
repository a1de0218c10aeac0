"""The check that the policies' counting rules match the kernel's.

They stand in the policies for readers; a different rule there would change no date, so it must not
be accepted.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.kernel import plain

TIMEZONE: Final = "Asia/Shanghai"
COUNTING: Final = MappingProxyType(
    {
        "day_of_receipt": "day_zero",
        "due_means": "24:00 of the due date; it passes at the next 00:00",
        "paused_day": "a counted day is paused if the letter is in `supplement` at its 24:00",
        "natural_day_end_on_day_off": "roll_to_next_working_day",
    }
)


def check_counting(data: Mapping[str, object]) -> None:
    """Check that `timezone` and `counting` of the policies are ours. Raises: BadData."""
    plain.one_of(data.get("timezone"), TIMEZONE, where="timezone")
    counting = plain.only(
        plain.a_map(data.get("counting"), "counting"), *COUNTING, where="counting"
    )
    for key, rule in COUNTING.items():
        plain.one_of(counting.get(key), rule, where=f"counting.{key}")
