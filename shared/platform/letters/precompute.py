"""Results that are computed for many new letters at once, before each is decided.

What depends on a letter's first event alone costs less together (`ServiceDecider.read_ahead`):
tables that are read for one letter after the other stay in the processor's cache.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from shared.platform.letters.service_decider import C, IdempotentCommand, Record, S, ServiceDecider

LOG = logging.getLogger(__name__)


def precompute(
    firsts: Iterable[Record | IdempotentCommand[C]], rules: ServiceDecider[C, S]
) -> dict[str, Record]:
    """By letter, its first record with what is read of it ahead; `firsts`: of letters yet unknown.

    Where that fails nothing is read ahead: whose record it is fails again, and is given up alone.
    """
    records = [one for one in firsts if isinstance(one, Record)]
    try:
        ahead = rules.read_ahead([one.envelope.data for one in records])
    except Exception as fault:  # noqa: BLE001 - others must not wait for the one that it is
        LOG.warning("nothing read ahead", extra={"fault": type(fault).__name__})
        return {}
    return {
        one.letter: replace(one, ahead=read)
        for one, read in zip(records, ahead, strict=True)
        if read is not None
    }
