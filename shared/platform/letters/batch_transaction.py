"""Letters of a part are folded together: read ahead, all decided, all sealed, all logged.

What reads letters, decides, seals and writes JSON takes all of a processor's cache. By turns for
each letter they drive one another out of it, and a letter costs a tenth more in all.
"""

from __future__ import annotations

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
"""A letter's fold, and how many of its inputs found room in it."""


class BatchTransaction(Generic[C, S]):
    """By one service's rules, under its keys."""

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
        """What waits for each letter, applied to it as it was loaded. Raises: NoKey."""
        firsts = [waiting[letter][0] for letter, kept in loaded.items() if kept.is_new]
        ahead = precompute(firsts, self._rules)
        given = [
            (loaded[letter], [ahead.get(letter, inputs[0]), *inputs[1:]])
            for letter, inputs in waiting.items()
        ]
        together = [self._fold(kept, inputs, seals_later=True) for kept, inputs in given]
        if _could_be_said([fold for fold, _ in together]):
            return together
        return [self._fold(kept, inputs, seals_later=False) for kept, inputs in given]

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
        for taken, one in enumerate(inputs):
            if fold.is_full:
                return fold, taken
            if isinstance(one, Record):
                fold.apply_record(one)
            else:
                fold.apply_command(one)
        return fold, len(inputs)


def _could_be_said(folds: Sequence[LetterTransaction[C, S]]) -> bool:
    """Seal and log what all of them say; whether nothing was wrong with any of it.

    Else each is to be folded again, sealing as it goes: only then is whoever caused what can't be
    sealed or sent the one who is refused, and a letter that has grown too long stops in time.
    """
    try:
        for fold in folds:
            fold.seal()
        for fold in folds:
            fold.write_log()
    except Exception as fault:  # noqa: BLE001 - raised again where it was said
        LOG.warning("not sealed together", extra={"fault": type(fault).__name__})
        return False
    return not any(fold.is_full for fold in folds)
