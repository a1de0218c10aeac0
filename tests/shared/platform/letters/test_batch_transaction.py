"""Letters in one transaction end as each would alone, also where an event can't be sent."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from shared.contracts.submitted_v1 import WithdrawalRequested
from shared.platform.kafka.bus import Inbound
from shared.platform.letters import letter_transaction as module
from shared.platform.letters.batch_transaction import BatchTransaction
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import (
    IdempotentCommand,
    Outgoing,
    Record,
    Resend,
    ServiceDecider,
)
from shared.platform.letters.stored_letter import StoredLetter
from tests.support.builders import (
    PROGRESS_TOPIC,
    SECRETS,
    Diary,
    Note,
    Noted,
    action,
    asked,
    fired,
    outgoing,
    rules,
    told,
    written,
)
from tests.support.doubles import START
from tests.support.folding import SEALS, fold
from tests.support.replicas import World

FIRST, SECOND, THIRD = (f"GD-TEST-{number:04d}" for number in (1, 2, 3))

Inputs: TypeAlias = Sequence[Inbound | IdempotentCommand[Note]]


def folded(given: Mapping[str, Inputs], **of: object) -> dict[str, LetterTransaction[Note, Diary]]:
    """The result for new letters in one transaction. `of`: fields of the rules."""
    by: ServiceDecider[Note, Diary] = replace(rules(), **of)  # type: ignore[arg-type]  # as said
    waiting = {letter: [_read(one) for one in inputs] for letter, inputs in given.items()}
    loaded = {letter: StoredLetter(letter, Diary()) for letter in given}
    found = BatchTransaction(by, SEALS, now=lambda: START).fold_all(waiting, loaded)
    assert [taken for _, taken in found] == [len(inputs) for inputs in given.values()]
    return {done.letter: done for done, _ in found}


def _read(one: Inbound | IdempotentCommand[Note]) -> Record | IdempotentCommand[Note]:
    return SEALS.read(one) if isinstance(one, Inbound) else one


def of_all(done: LetterTransaction[Note, Diary]) -> dict[str, Any]:
    """All that a fold became, without ciphertext: that is another each time."""
    return {
        "state": done.state,
        "sent": done.sent,
        "unsent": done.unsent,
        "seen": done.seen,
        "asked": done.asked,
        "outcomes": done.outcomes,
        "unfit": done.unfit,
        "refusals": {name: repr(fault) for name, fault in done.refusals.items()},
        "log": [(one.id, one.type, one.cause, one.record.headers) for one in done.log],
        "bytes": done.log_bytes,
    }


def twice(event: Noted, state: Diary) -> Iterable[Outgoing | Resend]:
    """The diary's events, and for some notes one that no reader would accept."""
    yield from outgoing(event, state)
    if event.what.startswith("unsayable"):
        yield Outgoing(PROGRESS_TOPIC, WithdrawalRequested(request_id="x", reason="not_said"))


def test_each_letter_ends_as_if_alone() -> None:
    given: dict[str, Inputs] = {
        FIRST: [written(letter=FIRST), asked(3, letter=FIRST), action("both", letter=FIRST)],
        SECOND: [told("x", letter=SECOND), told("refuse", letter=SECOND)],
        THIRD: [asked(1, "broken", letter=THIRD), fired(1, letter=THIRD)],
    }
    together = folded(given)
    assert together.keys() == given.keys()
    for letter, inputs in given.items():
        alone = fold(*inputs, kept=StoredLetter(letter, Diary()))
        assert of_all(together[letter]) == of_all(alone)
        assert len(together[letter].log) == len(together[letter].said)


def test_all_are_decided_then_all_are_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing of it would stay in the processor's cache from one letter to the next."""
    done: list[str] = []
    by = rules()

    def noting(step: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any, **named: Any) -> Any:
            done.append(step)
            return work(*given, **named)

        return noted

    monkeypatch.setattr(Seals, "seal", noting("seal", Seals.seal))
    given = {letter: [asked(1, letter=letter)] for letter in (FIRST, SECOND)}
    done.clear()
    folded(given, decide=noting("decide", by.decide))
    assert done == ["decide", "decide", "seal", "seal"]


# --- what can't be said --------------------------------------------------------------------------


def test_only_the_record_that_caused_it_is_left_for_parking(
    caplog: pytest.LogCaptureFixture,
) -> None:
    given = {
        FIRST: [asked(1, letter=FIRST)],
        SECOND: [written(letter=SECOND), asked(2, "unsayable", letter=SECOND)],
        THIRD: [asked(1, letter=THIRD), asked(2, letter=THIRD)],
    }
    with caplog.at_level(logging.WARNING):
        found = folded(given, outgoing=twice)
    assert [one.fault for one in found[SECOND].unfit] == ["Unsendable"]
    assert found[SECOND].state.notes == ("letter",)
    assert found[SECOND].sent == {"progress": 1}
    assert found[FIRST].state.notes == ("ask-1",)
    assert found[THIRD].state.notes == ("ask-1", "ask-2")
    assert [len(one.log) for one in found.values()] == [1, 1, 2]
    assert [getattr(one, "fault", None) for one in caplog.records] == ["Unsendable"]
    assert not any(secret in caplog.text for secret in SECRETS)


def test_whoever_asked_for_it_is_told() -> None:
    given: dict[str, Inputs] = {
        FIRST: [told("unsayable", letter=FIRST), told("fine", letter=FIRST)],
        SECOND: [action("unsayable", letter=SECOND)],
    }
    found = folded(given, outgoing=twice)
    assert [type(fault).__name__ for fault in found[FIRST].refusals.values()] == ["Unsendable"]
    assert found[FIRST].state.notes == ("fine",)
    assert found[SECOND].state.notes == ()
    assert [outcome for _, _, outcome in found[SECOND].outcomes] == ["refused"]
    assert len(found[SECOND].log) == 1


async def test_a_letter_that_would_grow_too_much_at_once_stops_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The length of an event is known only once it is sealed."""
    one = fold(asked(1)).log_bytes
    monkeypatch.setattr(module, "MOST_LOG_BYTES", 2 * one)
    world = World()
    await world.replica().hear(*(asked(number) for number in range(1, 6)), asked(1, letter=SECOND))
    assert world.state().notes == tuple(f"ask-{number}" for number in range(1, 6))
    assert world.document()["version"] == 3, "two, two and one"
    assert len(world.log()) == 5
    assert world.document(SECOND)["version"] == 1
