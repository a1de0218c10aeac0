"""How does an operator's command tell many letters something? In groups, each kept and sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from shared.platform.letters.letters import Letters
from shared.platform.letters.service_decider import IdempotentCommand

GROUP = 100
"""Letters that are kept and sent together."""


async def tell_all(
    letters: Letters[Any, Any], told: AsyncIterator[IdempotentCommand[Any]]
) -> Counter[str]:
    """How many were `told`, `failed`, and `known`: told before under the same name.

    Raises: BusFault, DatabaseFault; what was told by then stays told.
    """
    counts: Counter[str] = Counter()
    group: list[IdempotentCommand[Any]] = []
    async for one in told:
        group.append(one)
        if len(group) == GROUP:
            counts += await _tell(letters, group)
            group = []
    return counts + await _tell(letters, group)


async def _tell(letters: Letters[Any, Any], group: list[IdempotentCommand[Any]]) -> Counter[str]:
    folds = await letters.decide_and_store(group)
    await letters.send(folds)
    return Counter(
        told=sum(bool(fold.log) for fold in folds),
        failed=sum(bool(fold.refusals) for fold in folds),
        known=sum(bool(fold.repeated) for fold in folds),
    )
