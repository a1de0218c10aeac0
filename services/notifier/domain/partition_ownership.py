"""Which replica sees to a letter? Replicas share letters as they share what is said of them.

What nobody has seen to for two minutes any replica may, and everyone sees to diversions at once: a
write that compares and sets has it happen once all the same, but sharing saves lost races, and
messages that would be sent twice. Pure.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from shared.kernel.letter_number import is_letter_number

STANDS_IN_AFTER = timedelta(minutes=2)

Holds: TypeAlias = Callable[[str], bool]
"""Whether this process consumes what is said of the letter."""
IsOurs: TypeAlias = Callable[[str, datetime], bool]
"""Whether this process sees to the letter of which something was due at that instant."""


def sharing(holds: Holds, now: datetime) -> IsOurs:
    """Who sees to what, as of `now`."""
    before = now - STANDS_IN_AFTER

    def is_ours(letter: str, since: datetime) -> bool:
        return holds(letter) or since <= before or not is_letter_number(letter)

    return is_ours
