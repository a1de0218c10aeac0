"""Whose a letter is and was, as the one rule of who sees it wants to know. Pure."""

from services.router.domain.letter import Letter
from shared.contracts.event import Fact
from shared.kernel.access_policy import Held, Standing
from shared.kernel.complaints import complained_of


def standing(letter: Letter) -> Standing:
    """What `may_see` and `may_reach` judge by."""
    return Standing(
        holder=letter.holder,
        unit=letter.unit,
        held=letter.held,
        addressed_to=letter.addressed_to,
        about=complained_of(letter.about) if letter.about else None,
        excluded=frozenset(letter.excluded),
    )


def ended(letter: Letter, event: Fact) -> tuple[Held, ...]:
    """The holdings that end with this fact, which their holders are still told of.

    What the department's inspection held is nobody's past: its office never had it.
    """
    stays = (event.holder, event.assignment) == (letter.holder, letter.assignment)
    if stays or letter.bureau is None or letter.is_quiet:
        return ()
    units = (None, letter.unit) if letter.unit else (None,)
    return tuple(Held(letter.bureau, unit, letter.facts + 1) for unit in units)
