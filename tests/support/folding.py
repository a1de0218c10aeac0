"""One letter and a batch for it: the shell's fold without a store."""

from dataclasses import replace

from shared.platform.kafka.bus import Inbound
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.service_decider import IdempotentCommand, ServiceDecider
from shared.platform.letters.stored_letter import StoredLetter
from tests.support.builders import (
    LETTER,
    Diary,
    Note,
    rules,
    seals_of,
)
from tests.support.doubles import START

SEALS = seals_of()
NEW = StoredLetter(LETTER, Diary())


def fold(
    *inputs: Inbound | IdempotentCommand[Note], kept: StoredLetter[Diary] = NEW, **of: object
) -> LetterTransaction[Note, Diary]:
    """The letter after these, starting from `kept`."""
    given: ServiceDecider[Note, Diary] = replace(rules(), **of)  # type: ignore[arg-type]  # fields of Rules
    done = LetterTransaction(given, SEALS, kept=kept, now=START)
    for one in inputs:
        if isinstance(one, Inbound):
            done.apply_record(SEALS.read(one))
        else:
            done.apply_command(one)
    return done


def ends(done: LetterTransaction[Note, Diary]) -> dict[str, int]:
    """The number of inputs by outcome."""
    found: dict[str, int] = {}
    for (_, _, outcome), count in done.outcomes.items():
        found[outcome] = found.get(outcome, 0) + count
    return found


def after(done: LetterTransaction[Note, Diary]) -> StoredLetter[Diary]:
    """The letter as it would be loaded next."""
    return StoredLetter(
        LETTER,
        done.state,
        version=done.kept.version + 1,
        seen=done.seen,
        heard=done.heard,
        early=done.early,
        asked=done.kept.asked | done.asked,
        digests=done.kept.digests | done.digests,
        sent=done.sent,
    )
