"""Who asks the desk for something, and under which id is that remembered?"""

import re
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header, Request

from services.router.api.desk import Desk
from shared.platform.http.tokens import Person

QUOTE = '"'
OPAQUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")
"""What may stand in events as an id of staff."""
RequestKey = Annotated[
    str, Header(alias="Idempotency-Key", pattern=r'^"?[A-Za-z0-9_.:\-]{8,200}"?$')
]


async def the_desk(request: Request) -> Desk:
    """The parts that the routes work with."""
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(the_desk)]


def staff_id(person: Person) -> str:
    """An id that says nothing of the person: the identity provider's own, where that is opaque."""
    if OPAQUE.fullmatch(person.sub):
        return person.sub
    return sha256(person.sub.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def request_id(person: Person, key: str) -> str:
    """The id of a desk command, the same for the same person and key; fit to be a key."""
    return "desk-" + sha256(f"{staff_id(person)}\n{key.strip(QUOTE)}".encode()).hexdigest()


def digest_of(*asked: object) -> str:
    """What is kept of what somebody asked for: enough to know the same from something else."""
    return sha256(" ".join(map(str, asked)).encode()).hexdigest()
