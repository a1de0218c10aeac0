"""Executing a command on many letters, in groups, for operators."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from shared.platform.letters.letters import Letters
from shared.platform.letters.service_decider import IdempotentCommand

GROUP = 100
"""Letters that are stored and sent together."""


async def tell_all(
    letters: Letters[Any, Any], told: AsyncIterator[IdempotentCommand[Any]]
) -> Counter[str]:
    """Count the letters `told`, `failed`, and `known` (executed before under the same id).

    Raises: BusFault, DatabaseFault; groups completed before that stay done.
    """
    counts: Counter[str] = Counter()
    group: list[IdempotentCommand[Any]] = []
    async for command in told:
        group.append(command)
        if len(group) == GROUP:
            counts += await _execute(letters, group)
            group = []
    return counts + await _execute(letters, group)


async def _execute(letters: Letters[Any, Any], group: list[IdempotentCommand[Any]]) -> Counter[str]:
    folds = await letters.decide_and_store(group)
    await letters.send(folds)
    return Counter(
        told=sum(bool(fold.log) for fold in folds),
        failed=sum(bool(fold.refusals) for fold in folds),
        known=sum(bool(fold.repeated) for fold in folds),
    )
