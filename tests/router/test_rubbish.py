"""Ten thousand records of one bureau that make no sense change nothing for another.

The consumer, the letters and the rules are the router's; broker and database are doubles.
"""

import random
from dataclasses import replace
from uuid import UUID

from services.router import wiring
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused
from shared.contracts.envelope import Unreadable
from shared.contracts.event import Action
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.seals import Seals
from shared.sealing.envelopes import BadEnvelope
from tests.router.office import accepting, replying, sent_action
from tests.router.story import LETTER, OTHER, RULEBOOK
from tests.router.yard import VANDAL, VANDAL_TOPIC, VICTIM, VICTIM_TOPIC, Yard, arrived
from tests.support.budget import budget
from tests.support.sealed_shell import sealed_shell, seals
from tests.support.waiting import until

COUNT = budget(10_000, quick=3_000)


def rubbish(dice: random.Random, stolen: UUID) -> Inbound:
    """A record of the vandal's, keyed by one of the victim's letters."""
    letter = dice.choice((LETTER, OTHER))
    action_id = UUID(int=dice.getrandbits(128), version=4)
    if dice.random() < 0.1:
        action_id = stolen
    kind = dice.choice((accepting(dice.randint(1, 3), action_id), replying(1, action_id)))
    raw = arrived(sent_action(kind, VANDAL, letter=letter))
    headers = dict(raw.headers)
    return dice.choice(
        (
            raw,
            replace(raw, value=dice.randbytes(dice.randint(0, 60))),
            replace(raw, value=raw.value[:-1]),
            replace(raw, value=raw.value.replace(b"1", b"2")),
            replace(raw, headers=()),
            replace(
                raw,
                key=OTHER.encode(),
                headers=tuple((headers | {"ce_subject": OTHER.encode()}).items()),
            ),
            replace(raw, headers=(*raw.headers, ("ce_id", b"again"))),
            replace(raw, headers=tuple((headers | {"ce_id": dice.randbytes(20)}).items())),
            replace(raw, headers=tuple((headers | {"ce_sequence": b"1"}).items())),
            replace(raw, headers=tuple((headers | {"ce_source": b"/bureaus/guangzhou"}).items())),
            replace(
                raw, headers=tuple((headers | {"ce_type": b"gd.mailbox.action.dance.v1"}).items())
            ),
        )
    )


async def test_thousands_of_rubbish_records_change_nothing_for_another_bureau(yard: Yard) -> None:
    dice = random.Random(7)  # noqa: S311 - the same in every run, and no secret
    own = accepting()
    before = yard.document(LETTER)
    yard.broker.put(*(rubbish(dice, own.action_id) for _ in range(COUNT)))
    async with yard.consuming():
        await until(lambda: yard.done(VANDAL_TOPIC) >= 200)
        yard.act(own, OTHER)
        await yard.until_done(VICTIM_TOPIC, 1)
        assert yard.done(VANDAL_TOPIC) < 1_000, "the vandal waits, the other does not"
        yard.act(replying(), OTHER)
        while yard.done(VANDAL_TOPIC) < COUNT:
            dealt_with = yard.done(VANDAL_TOPIC)
            yard.clock.pass_by(seconds=200)
            await until(lambda dealt_with=dealt_with: yard.done(VANDAL_TOPIC) > dealt_with)  # type: ignore[misc]  # bound now
    assert yard.document(LETTER) == before
    assert set(yard.shelf.documents.kept) == {LETTER, OTHER}
    assert (await yard.letter(OTHER)).state == "replied"
    assert [type(one) for one in yard.answers(VICTIM)] == [ActionApplied, ActionApplied]
    told = yard.answers(VANDAL)
    assert {type(one) for one in told} == {ActionRefused}
    assert {one.code for one in told} == {"not_held", "unreadable", "unknown_type", "bad_envelope"}
    assert yard.parked.kept == {}


async def test_the_other_bureau_s_letter_ends_as_it_would_have_without_the_rubbish(
    yard: Yard,
) -> None:
    """Also when the vandal writes between two actions of the other, and with its action ids."""
    dice = random.Random(11)  # noqa: S311 - the same in every run, and no secret
    actions: list[Action] = [accepting(), replying()]
    async with sealed_shell(wiring.rules(RULEBOOK), seals("router"), now=yard.clock) as shelf:
        alone = Yard(shelf, yard.clock)
        await alone.receive(OTHER)
        async with yard.consuming(), alone.consuming():
            for number, action in enumerate(actions, start=1):
                yard.broker.put(*(rubbish(dice, action.action_id) for _ in range(60)))
                for one in (yard, alone):
                    one.act(action, OTHER)
                    await one.until_done(VICTIM_TOPIC, number)
        assert await yard.letter(OTHER) == await alone.letter(OTHER)
        kept, ideal = (one.shelf.documents.kept[OTHER] for one in (yard, alone))
        for name in ("version", "seen", "heard", "asked", "sent"):
            assert kept[name] == ideal[name]
        assert yard.answers(VICTIM) == alone.answers(VICTIM)


def test_the_rubbish_is_what_it_is_meant_to_be() -> None:
    """Some can be read and isn't allowed, some can't be read; all of it is the vandal's."""
    dice, keys = random.Random(7), seals("router")  # noqa: S311 - the same in every run
    found = [rubbish(dice, UUID(int=1, version=4)) for _ in range(300)]
    assert {one.topic for one in found} == {VANDAL_TOPIC}
    assert {one.key.decode() for one in found} == {LETTER, OTHER}
    assert {outcome(one, keys) for one in found} == {"read", "unreadable", "bad_envelope"}


def outcome(raw: Inbound, keys: Seals) -> str:
    try:
        keys.read(raw)
    except Unreadable:
        return "unreadable"
    except BadEnvelope:
        return "bad_envelope"
    return "read"
