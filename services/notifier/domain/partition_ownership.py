"""Which replica handles a letter: the one that consumes its partition.

Any replica may handle what nobody has handled for two minutes, and all handle diversions at once.
Compare-and-set writes make the result happen once in any case; ownership only saves lost races, and
messages that would be sent twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from shared.kernel.letter_number import is_letter_number

TAKEN_OVER_AFTER = timedelta(minutes=2)

Holds: TypeAlias = Callable[[str], bool]
"""Whether this process consumes the letter's partition."""
IsOurs: TypeAlias = Callable[[str, datetime], bool]
"""Whether this process handles the letter, of which something was due at that instant."""


def ownership(holds: Holds, now: datetime) -> IsOurs:
    """Return which letters this process handles as of `now`."""
    before = now - TAKEN_OVER_AFTER

    def is_ours(letter: str, since: datetime) -> bool:
        return holds(letter) or since <= before or not is_letter_number(letter)

    return is_ours
