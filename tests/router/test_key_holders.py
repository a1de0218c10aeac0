"""Documents of holders of keys: where they stand, and those that earlier versions stored."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from services.router import wiring
from services.router.domain.public_keys import SURE, RecordResent
from services.router.store.public_keys import STATE, KeyHolders, key_rules
from shared.contracts.topics import KEYS, PROGRESS, SUBMITTED
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.repair.outbox_sweeper import OutboxSweeper
from tests.router.key_story import GZ, confirm, propose
from tests.router.office import holders_beside
from tests.router.story import MONDAY, RULEBOOK, receive
from tests.support.doubles import Clock
from tests.support.sealed_shell import SealedShell, sealed_shell, seals

STORED: Mapping[str, Any] = {
    "_id": GZ,
    "state": {
        "keys": [
            {
                "kid": f"{GZ}.before",
                "jwk": {
                    "kty": "EC",
                    "crv": "P-256",
                    "x": "3K8XfCqhLqP-tMistsYR-70sFx-sTOGvY-TCfkXg7yE",
                    "y": "rBCn7W76o8-c7a4wU5Dcl1hdndT4hT5nN2DrY6GMEwE",
                },
                "fingerprint": "01f1475dccb2d21ff1fe3021773f3808eed7c4f902de96d911f1678206d01cb8",
                "valid_from": "2026-11-23T02:00:00Z",
                "retired": None,
            }
        ],
        "proposal": None,
        "tell_anew": ["2026-11-23T02:02:00Z"],
        "kind": "keys",
    },
    "seen": {},
    "heard": {},
    "early": {},
    "sent": {"keys": 1},
    "version": 2,
    "by": "28de0f66e1c4431c86fb29a0d542302b",
    "asked": {"desk-1": "7c42", "desk-2": "083e"},
    "digests": {},
    "asked_count": 2,
    "asked_moved": 0,
    "logged": {"count": 1, "bytes": 949},
    "moved": 0,
    "log": [],
    "tell_anew_at": MONDAY + SURE,
}
"""As a router stored it whose letters and keys had one decider, after a first key."""


@pytest.fixture
async def shelf() -> AsyncIterator[SealedShell[Any, Any]]:
    """The router's shell, over the document of an earlier version."""
    async with sealed_shell(wiring.rules(RULEBOOK), seals("router"), now=Clock(MONDAY)) as made:
        made.documents.kept[GZ] = copy.deepcopy(dict(STORED))
        yield made


async def test_a_stored_holder_goes_on_under_the_next_number(shelf: SealedShell[Any, Any]) -> None:
    holders = holders_beside(shelf, key_rules())
    (known,) = (keys for keys in (await holders.keys()).values() if keys.keys)
    assert known == STATE.validate_python(STORED["state"])
    assert await holders.due_resends(MONDAY + SURE) == {GZ: MONDAY + SURE}
    await change(holders)
    assert [(one.subject, one.sequence) for one in shelf.said(KEYS.name)] == [(GZ, 2)]


async def test_what_was_decided_before_is_not_decided_again(shelf: SealedShell[Any, Any]) -> None:
    holders = holders_beside(shelf, key_rules())
    (fold,) = await holders.documents.decide_and_store(
        [IdempotentCommand(GZ, RecordResent(MONDAY + SURE), "desk-1", "7c42")]
    )
    assert (fold.refusals, fold.state.tell_anew) == ({}, (MONDAY + SURE,))


async def test_a_change_that_was_stored_and_not_sent_is_swept(shelf: SealedShell[Any, Any]) -> None:
    holders = holders_beside(shelf, key_rules())
    await holders.documents.decide_and_store(
        [IdempotentCommand(GZ, propose(), "one"), IdempotentCommand(GZ, confirm(), "two")]
    )
    assert shelf.said(KEYS.name) == []
    shelf.now.pass_by(seconds=60)
    sweeper = OutboxSweeper(shelf.history, Sender(shelf.bus), now=shelf.now)
    assert [await sweeper.sweep(), await sweeper.sweep()] == [1, 0]
    assert [one.sequence for one in shelf.said(KEYS.name)] == [2]


async def test_a_letter_under_a_holders_name_takes_nothing_from_it(
    shelf: SealedShell[Any, Any],
) -> None:
    blank = {"contact": None, "identity": None}
    await shelf.hear_events(SUBMITTED.name, GZ, receive().letter.model_copy(update=blank))
    document = shelf.documents.kept[GZ]
    changed = {"version", "by", "seen", "digests", "open_to", "kept_from", "changed_at"}
    assert {name for name in document if document[name] != STORED.get(name)} <= changed
    assert shelf.said(PROGRESS.name) == []
    await change(holders_beside(shelf, key_rules()))
    assert [one.sequence for one in shelf.said(KEYS.name)] == [2]


async def change(holders: KeyHolders) -> None:
    """Two people enter another key."""
    folds = await holders.documents.decide_and_store(
        [IdempotentCommand(GZ, propose(), "one"), IdempotentCommand(GZ, confirm(), "two")]
    )
    await holders.documents.send(folds)
