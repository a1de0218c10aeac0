"""What a service's own loops are made of: a pass over the letters that are due, one by one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from shared.platform.letters.letters import TooManyRaces
from shared.platform.mongo.database import DatabaseFault

LOG = logging.getLogger(__name__)


async def each(work: Mapping[str, Coroutine[Any, Any, None]]) -> int:
    """Do all of it, and say for which letters it can't be done; how many were done with.

    One letter that can't be read must not stop all others. Raises: DatabaseFault, TooManyRaces,
    once all the others are done with.
    """
    passing: list[Exception] = []
    outcomes = await asyncio.gather(*work.values(), return_exceptions=True)
    for letter, fault in zip(work, outcomes, strict=True):
        if isinstance(fault, DatabaseFault | TooManyRaces):
            passing.append(fault)
        elif isinstance(fault, Exception):
            LOG.error("letter passed over", exc_info=fault, extra={"letter": letter})
        elif fault is not None:
            raise fault
    if passing:
        raise passing[0]
    return sum(fault is None for fault in outcomes)
