"""Who asks, and of what: the parameters that routes of the publisher share."""

from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Path, Request

from services.publisher.api.desk import Desk
from shared.platform.identity import fresh, staff
from shared.platform.tokens import Person

Editor = Annotated[Person, Depends(staff("editor"))]
FreshEditor = Annotated[Person, Depends(fresh(staff("editor")))]
LetterNumber = Annotated[str, Path(max_length=40)]
PublicationId = Annotated[str, Path(max_length=40)]


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


OurDesk = Annotated[Desk, Depends(_desk)]


def digest_of(editor: Person) -> str:
    """The editor in the name of a command: a name of the store holds no dots."""
    return sha256(editor.sub.encode()).hexdigest()[:16]
