"""Transactions of many letters, run phase by phase: precompute, decide, seal, log.

Each phase (read letters, decide, seal, write JSON) fills the processor's cache. Alternating between
phases for each letter evicts it every time and makes a letter about a tenth slower.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Generic, TypeAlias

from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.precompute import precompute
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import C, IdempotentCommand, Record, S, ServiceDecider
from shared.platform.letters.stored_letter import StoredLetter
from shared.platform.runtime.clock import Now
from shared.platform.runtime.office_time import dating

LOG = logging.getLogger(__name__)

Folded: TypeAlias = tuple[LetterTransaction[C, S], int]
"""A letter's transaction, and the number of its inputs that fitted into it."""


class BatchTransaction(Generic[C, S]):
    """Applies inputs to letters by one service's rules, under its keys."""

    def __init__(self, rules: ServiceDecider[C, S], seals: Seals, *, now: Now) -> None:
        self._rules = rules
        self._seals = seals
        self._now = now
        self._dated = dating(now)

    def fold_all(
        self,
        waiting: Mapping[str, Sequence[Record | IdempotentCommand[C]]],
        loaded: Mapping[str, StoredLetter[S]],
    ) -> list[Folded[C, S]]:
        """Apply the waiting inputs to each letter as it was loaded.

        Raises: NoKey.
        """
        firsts = [waiting[letter][0] for letter, kept in loaded.items() if kept.is_new]
        ahead = precompute(firsts, self._rules)
        batches = [
            (loaded[letter], [ahead.get(letter, inputs[0]), *inputs[1:]])
            for letter, inputs in waiting.items()
        ]
        together = [self._fold(kept, inputs, seals_later=True) for kept, inputs in batches]
        if _seal_and_log([fold for fold, _ in together]):
            return together
        return [self._fold(kept, inputs, seals_later=False) for kept, inputs in batches]

    def _fold(
        self,
        kept: StoredLetter[S],
        inputs: Sequence[Record | IdempotentCommand[C]],
        *,
        seals_later: bool,
    ) -> Folded[C, S]:
        fold = LetterTransaction(
            self._rules,
            self._seals,
            kept=kept,
            now=self._now(),
            dated=self._dated,
            seals_later=seals_later,
        )
        for taken, item in enumerate(inputs):
            if fold.is_full:
                return fold, taken
            if isinstance(item, Record):
                fold.apply_record(item)
            else:
                fold.apply_command(item)
        return fold, len(inputs)


def _seal_and_log(folds: Sequence[LetterTransaction[C, S]]) -> bool:
    """Seal and log all transactions; return whether every one succeeded.

    Otherwise the caller runs each again and seals as it goes: then only the cause of what can't be
    sealed or sent is refused, and a letter that has grown too long stops in time.
    """
    try:
        for fold in folds:
            fold.seal()
        for fold in folds:
            fold.write_log()
    except Exception as fault:  # noqa: BLE001 - raised again where its cause is known
        LOG.warning("not sealed together", extra={"fault": type(fault).__name__})
        return False
    return not any(fold.is_full for fold in folds)
