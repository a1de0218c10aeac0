"""One run of a periodic loop over the letters that are due."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from shared.platform.letters.letters import TooManyRaces
from shared.platform.mongo.database import DatabaseFault

LOG = logging.getLogger(__name__)


async def each(work: Mapping[str, Coroutine[Any, Any, None]]) -> int:
    """Run the work of all letters; log those that fail; return the number that succeeded.

    One unreadable letter must not stop the others. Raises: DatabaseFault, TooManyRaces, after all
    others are finished.
    """
    transient: list[Exception] = []
    outcomes = await asyncio.gather(*work.values(), return_exceptions=True)
    for letter, fault in zip(work, outcomes, strict=True):
        if isinstance(fault, DatabaseFault | TooManyRaces):
            transient.append(fault)
        elif isinstance(fault, Exception):
            LOG.error("letter passed over", exc_info=fault, extra={"letter": letter})
        elif fault is not None:
            raise fault
    if transient:
        raise transient[0]
    return sum(fault is None for fault in outcomes)
