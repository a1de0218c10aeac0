"""What the routes depend on: the notifier's documents, and a supervisor."""

from typing import Annotated

from fastapi import Depends, Request

from shared.kernel.viewers import INSPECTORS
from shared.platform.http.identity import staff
from shared.platform.http.tokens import Person
from shared.platform.mongo.database import Collection

Supervisor = Annotated[Person, Depends(staff("supervisor", *INSPECTORS))]
"""Also the department's inspection, for complaints that only it sees."""


async def _documents(request: Request) -> Collection:
    documents: Collection = request.app.state.documents
    return documents


Documents = Annotated[Collection, Depends(_documents)]
