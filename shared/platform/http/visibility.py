"""Viewers and database filters for the access policy of `shared/kernel/access_policy.py`.

A route makes a viewer of the signed-in person; a store keeps a letter's marks beside it and queries
only for letters that the viewer may find.
"""

from shared.kernel.access_policy import LetterAccess, Sight, kept_from
from shared.kernel.finding import open_marks, restriction
from shared.kernel.viewers import Viewer
from shared.platform.http.tokens import Person
from shared.platform.mongo.database import Document


def viewer_of(person: Person) -> Viewer:
    """The viewer for a signed-in person."""
    return Viewer(person.staff_id, person.roles)


def marks(letter: LetterAccess | None) -> Document:
    """Fields stored with a letter for `visibility_filter`. None: an unknown letter."""
    if letter is None:
        return {"open_to": [], "kept_from": []}
    return {"open_to": sorted(open_marks(letter)), "kept_from": sorted(kept_from(letter))}


def visibility_filter(who: Viewer, *, least: Sight = "course") -> Document:
    """The filter for letters of which this person may see at least `least`."""
    limits = restriction(who, least=least)
    return {
        "open_to": {"$in": sorted(limits.any_of)},
        "kept_from": {"$nin": sorted(limits.none_of)},
    }
