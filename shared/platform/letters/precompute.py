"""Results computed for many new letters at once, before each is decided.

What depends on a letter's first event alone is cheaper in bulk (`ServiceDecider.read_ahead`):
tables that are read for one letter after the other stay in the processor's cache.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace

from shared.platform.letters.service_decider import C, IdempotentCommand, Record, S, ServiceDecider

LOG = logging.getLogger(__name__)


def precompute(
    firsts: Iterable[Record | IdempotentCommand[C]], rules: ServiceDecider[C, S]
) -> dict[str, Record]:
    """By letter, its first record with the precomputed result; `firsts`: of letters not stored yet.

    If that fails, nothing is precomputed: the faulty record fails again later, and only it is
    parked.
    """
    records = [record for record in firsts if isinstance(record, Record)]
    try:
        ahead = rules.read_ahead([record.envelope.data for record in records])
    except Exception as fault:  # noqa: BLE001 - others must not wait for the faulty one
        LOG.warning("nothing read ahead", extra={"fault": type(fault).__name__})
        return {}
    return {
        record.letter: replace(record, ahead=read)
        for record, read in zip(records, ahead, strict=True)
        if read is not None
    }
