"""What every fact of the router says, and who says it. Pure."""

from typing import TypedDict

from services.router.domain.dues import STOPS, stopped
from services.router.domain.letter import Letter
from shared.contracts.slugs import Holder
from shared.contracts.values import By, ClockChange
from shared.contracts.vocabulary import State

RULE = By(role="rule")
WRITER = By(role="writer")
CLOCK = By(role="clock")


class Common(TypedDict):
    """The part that all facts share."""

    state: State
    holder: Holder
    assignment: int
    by: By
    clocks: tuple[ClockChange, ...]


def common(
    letter: Letter,
    event: str,
    *,
    by: By,
    state: State | None = None,
    starts: tuple[ClockChange, ...] = (),
) -> Common:
    """What `event` says of the letter besides its own fields: the clocks that it stops, too.

    `event` is a name such as `letter.accepted`; `state`: none when it stays.
    """
    return Common(
        state=state or letter.state,
        holder=letter.holder,
        assignment=letter.assignment,
        by=by,
        clocks=stopped(STOPS.get(event, ()), letter) + starts,
    )
