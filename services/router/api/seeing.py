"""What of a letter somebody of the staff is shown: the one rule, asked by every route."""

from services.router.api.desk import Desk
from services.router.domain import Letter, standing
from shared.kernel.access_policy import FALLING, Sight, can_view
from shared.kernel.errors import ForeignLetter, NotFound
from shared.kernel.finding import only_bureau
from shared.kernel.letter_number import is_letter_number, normalise
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of, visibility_filter
from shared.platform.mongo.database import Document

SHOWN: tuple[Sight, ...] = FALLING[: FALLING.index("course") + 1]
"""What of a letter itself can be shown here; copies for publication are the publisher's."""


def seen_by(person: Person, letter: Letter) -> Sight:
    """What of the letter this person sees now."""
    sight = can_view(viewer_of(person), standing(letter))
    return sight if sight in SHOWN else "nothing"


def found_by(person: Person, *, least: Sight) -> Document:
    """The filter for letters of which this person sees at least so much."""
    return visibility_filter(viewer_of(person), least=least)


def only_found_in(person: Person) -> str | None:
    """The bureau in whose seats alone this person finds letters; None: not in one alone."""
    return only_bureau(viewer_of(person))


async def letter_for(person: Person, number: str, *, desk: Desk) -> tuple[str, Letter, Sight]:
    """A letter that this person sees something of, with its number as we write it.

    Raises: NotFound, which reads the same for wrong, foreign and forbidden numbers.
    """
    normal = normalise(number)
    letter = await desk.letters.state(normal) if is_letter_number(normal) else None
    if not isinstance(letter, Letter):
        raise NotFound
    sight = seen_by(person, letter)
    if sight == "nothing":
        raise ForeignLetter
    return normal, letter, sight
