"""Anything outside the table of places is a breach, however close to an allowed place."""

from dataclasses import replace

import pytest

from tests.secrecy.places import ALLOWED, Allowed, breaches, unused
from tests.secrecy.search import Find, Place, Secret
from tests.secrecy.seeds import secrets

SEEDED = tuple(secrets())


def find(secret: Secret, place: Place) -> Find:
    return Find(secret, "utf-8", place, 0)


def somewhere(allowed: Allowed) -> Place:
    return Place(allowed.kind, allowed.name.replace("*", "listen"))


@pytest.mark.parametrize("allowed", ALLOWED, ids=lambda one: f"{one.kind} {one.name} {one.of}")
def test_a_line_allows_its_secrets_there_and_no_other_anywhere(allowed: Allowed) -> None:
    own = [one for one in SEEDED if one.of in allowed.of and one.kind in allowed.secrets]
    assert own, "the story seeds nothing of that kind"
    for secret in SEEDED:
        there = find(secret, somewhere(allowed))
        assert breaches([there], [allowed]) == ([] if secret in own else [there])
        elsewhere = replace(there, place=Place("file", "logs/intake.log"))
        assert breaches([elsewhere]) == [elsewhere]


@pytest.mark.parametrize("place", [
    Place("file", "logs/router.log"),
    Place("file", "data/gateway.jsonl"),
    Place("file", "keys/intake.secrets.json"),
    Place("file", "backup/mailbox_intake/archive.bson"),
    Place("file", "backup/mailbox_router/parked.bson"),
    Place("file", "backup/mailbox_router/words.bson"),
    Place("file name", "tmp/draft"),
    Place("page", "intake"),
    Place("problem", "intake complaint"),
    Place("headers", "intake complaint"),
    Place("record", "mailbox.topics"),
    Place("record", "bureau.guangzhou.letters"),
    Place("output", "audit"),
    Place("output", "trace"),
    Place("output", "parked show"),
    Place("process", "1 cmdline"),
    Place("answer", "notifier supervisor"),
], ids=str)  # fmt: skip
def test_nothing_may_stand_there(place: Place) -> None:
    finds = [find(secret, place) for secret in SEEDED]
    assert breaches(finds) == finds


def test_who_a_masked_writer_is_reaches_that_writer_and_the_gateway_alone() -> None:
    who = [one for one in SEEDED if one.of == "complaint" and one.kind in {"name", "id_number"}]
    allowing = {
        (allowed.kind, allowed.name)
        for allowed in ALLOWED
        for secret in who
        if allowed.allows(find(secret, somewhere(allowed)))
    }
    assert allowing == {("answer", "intake complaint")}


def test_keys_tokens_requests_and_staff_may_stand_nowhere() -> None:
    kinds = {kind for allowed in ALLOWED for kind in allowed.secrets}
    assert not kinds & {"request key", "token", "asked", "staff", "sub"}


def test_an_idle_line_is_named() -> None:
    first, second, *_ = ALLOWED
    finds = [find(one, somewhere(first)) for one in SEEDED if one.kind in first.secrets]
    assert unused(finds, [first, second]) == [second]
