"""Without a key nothing leaves unsealed: our events wait, and bureaus receive theirs without words.

Sealed words open only in their own place, in flight and at rest.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import ECKey
from prometheus_client import REGISTRY

from shared.contracts.bureau_v1 import LetterAssigned, LetterIdentity
from shared.contracts.envelope import Foreign, from_record
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterRated, LetterReplied
from shared.contracts.submitted_v1 import RatingSubmitted
from shared.contracts.topics import PROGRESS, SUBMITTED, letters_of
from shared.contracts.values import By
from shared.contracts.words import Comment, Identity, LetterText, ReplyText
from shared.platform.crypto.key_ring import CannotOpen
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.runtime.clock import utc_now
from shared.sealing.envelopes import BadEnvelope, Opener, Sealer, open_event
from shared.sealing.key_directory import KeyDirectory, NoKey
from tests.support.builders import (
    LETTER,
    PROGRESS_TOPIC,
    STATE,
    Diary,
    Note,
    Noted,
    action,
    asked,
    decide,
    private_keys,
    rules,
    seals_of,
    told,
    written,
)
from tests.support.doubles import START
from tests.support.keyring import holder_key
from tests.support.replicas import World

GZ = "bureau:guangzhou"
TOPIC = letters_of("guangzhou").name
HELD: dict[str, Any] = {
    "state": "handling",
    "holder": "guangzhou",
    "assignment": 1,
    "by": By(role="rule"),
}
ASSIGNED = LetterAssigned(
    **HELD,
    received_at=START,
    category="request",
    masked=False,
    words=LetterText(subject="路灯", body="坏了"),
)


def knowing(*readers: str) -> Seals:
    """The router's keys, and the public ones of these alone."""
    known = {reader: (holder_key(reader, private_keys()[reader]),) for reader in readers}
    full = seals_of()
    return Seals("router", full.ring, Sealer(KeyDirectory(known), now=utc_now), full.opener)


def withheld() -> float:
    """The number of events that were sent without their words."""
    return REGISTRY.get_sample_value("mailbox_keys_words_withheld_total") or 0.0


# --- a bureau without a valid key ----------------------------------------------------------------


def test_a_bureau_without_a_key_is_told_everything_but_the_words() -> None:
    before = withheld()
    sealed = knowing("router", "intake").seal(ASSIGNED, topic=TOPIC, letter=LETTER)
    assert sealed == ASSIGNED.model_copy(update={"words": None})
    assert withheld() == before + 1
    sealed.model_dump_json()


def test_a_retired_key_is_none() -> None:
    gone = holder_key(GZ, private_keys()[GZ], retired=START)
    seals = Seals(
        "router",
        seals_of().ring,
        Sealer(KeyDirectory({GZ: (gone,)}), now=utc_now),
        seals_of().opener,
    )
    sealed = seals.seal(ASSIGNED, topic=TOPIC, letter=LETTER)
    assert isinstance(sealed, LetterAssigned)
    assert sealed.words is None


def test_what_was_sealed_elsewhere_is_passed_on_as_it_is() -> None:
    identity = LetterIdentity(**HELD, kid=GZ, envelope={GZ: "a.b.c.d.e"})
    assert knowing("router").seal(identity, topic=TOPIC, letter=LETTER) == identity


def test_what_holds_no_words_is_not_counted_as_withheld() -> None:
    before = withheld()
    knowing("router").seal(LetterRated(**HELD, solved=True, score=5), topic=TOPIC, letter=LETTER)
    from_bureau = LetterReplied(**HELD, reply=1, outcome="explained", words=ReplyText(text="好"))
    with pytest.raises(NoKey):
        knowing("router").seal(from_bureau, topic=PROGRESS.name, letter=LETTER)
    assert withheld() <= before + 1


def test_no_other_bureaus_key_will_do() -> None:
    sealed = knowing("bureau:shenzhen").seal(ASSIGNED, topic=TOPIC, letter=LETTER)
    assert isinstance(sealed, LetterAssigned)
    assert sealed.words is None


# --- a service without one -----------------------------------------------------------------------


async def test_a_record_waits_for_the_key_that_its_effects_need() -> None:
    world = World(seals=knowing("router", GZ))
    for _ in range(3):
        with pytest.raises(NoKey, match="intake"):
            await world.replica().hear(written())
    assert world.documents.kept == {}
    assert world.bus.topics == {}
    world.seals = seals_of()
    await world.replica().hear(written())
    assert world.bus.ids(PROGRESS_TOPIC) == [f"{PROGRESS_TOPIC}/{LETTER}/1"]


async def test_what_waited_in_its_turn_waits_for_the_key_too() -> None:
    world = World(seals=knowing("router", GZ))
    later = written(2)
    await world.replica().hear(later)
    with pytest.raises(NoKey):
        await world.replica().hear(asked(1))
    assert world.document()["seen"] == {}
    world.seals = seals_of()
    await world.replica().hear(asked(1))
    assert world.document()["seen"] == {"submitted": 2}


async def test_a_bureaus_action_waits_and_is_not_refused() -> None:
    world = World(seals=seals_of())
    await world.replica().hear(written())
    before = dict(world.document())
    world.seals = knowing("router", GZ)
    replica = world.replica(with_words())
    with pytest.raises(NoKey):
        await replica.hear(action("act"))
    assert world.document() == before


def with_words() -> ServiceDecider[Note, Diary]:
    """The diary's rules, but every note has words for all."""

    def wordy(command: Note, state: Diary) -> tuple[Noted, ...]:
        words = LetterText(subject="s", body="b")
        return tuple(replace(one, words=words) for one in decide(command, state))

    return replace(rules(), decide=wordy)


async def test_whoever_asks_is_told_to_come_again_and_others_are_served() -> None:
    world = World(seals=knowing("router", GZ))
    replica = world.replica(with_words())
    commands: CommandBus[Any, Any] = CommandBus(replica.letters)
    fine, waits = told("nothing"), told("words", letter="GD-TEST-0002")
    answers: Sequence[Any] = await commands._store([fine, waits])
    assert isinstance(answers[0], Diary)
    assert isinstance(answers[1], NoKey)
    assert "GD-TEST-0002" not in world.documents.kept


# --- swapped ciphertexts -------------------------------------------------------------------------


def sealed_events() -> dict[str, Event]:
    """The topic and letter of four envelopes of the same comment."""
    everybody = seals_of()
    comment = Comment(text="谢谢")
    rating = RatingSubmitted(request_id="r-1", solved=True, score=5, words=comment)
    rated = LetterRated(**HELD, solved=True, score=5, words=comment)
    other = LetterRated(**HELD | {"assignment": 2}, solved=True, score=5, words=comment)
    return {
        "rating": everybody.seal(rating, topic=SUBMITTED.name, letter=LETTER),
        "rated": everybody.seal(rated, topic=TOPIC, letter=LETTER),
        "next holding": everybody.seal(other, topic=TOPIC, letter=LETTER),
        "other letter": everybody.seal(rated, topic=TOPIC, letter="GD-TEST-0002"),
        "foreign bureau": everybody.seal(rated, topic=letters_of("shenzhen").name, letter=LETTER),
    }


def envelope_of(event: Event) -> str:
    """The only envelope, or the first of several."""
    words: dict[str, str] = event.sealed_fields()["words"]
    return next(iter(words.values()))


@pytest.mark.parametrize(
    ("stolen", "why"),
    [
        ("rating", "wrong_reader"),
        ("next holding", "wrong_header"),
        ("other letter", "wrong_header"),
        ("foreign bureau", "wrong_reader"),
    ],
)
def test_an_envelope_of_elsewhere_stays_closed(stolen: str, why: str) -> None:
    events = sealed_events()
    here = events["rated"]
    opener = Opener({GZ: private_keys()[GZ], "router": private_keys()["router"]})
    place: dict[str, str] = {"reader": GZ, "topic": TOPIC, "letter": LETTER}
    assert open_event(here, opener, **place).sealed_fields()["words"] == Comment(text="谢谢")
    moved = here.model_copy(update={"words": {GZ: envelope_of(events[stolen])}})
    with pytest.raises(BadEnvelope, match=why):
        open_event(moved, opener, **place)


def test_with_another_key_of_that_name_it_stays_closed() -> None:
    opener = Opener({GZ: ECKey.generate_key("P-256")})
    with pytest.raises(BadEnvelope, match="not_opened"):
        open_event(sealed_events()["rated"], opener, reader=GZ, topic=TOPIC, letter=LETTER)


def test_words_in_the_field_of_others_stay_closed() -> None:
    raw = written()
    sealed = from_record(Foreign(raw.key, raw.value, raw.headers), topic=raw.topic).data
    fields = sealed.sealed_fields()
    swapped = sealed.model_copy(
        update={"words": {**fields["words"], "intake": fields["identity"]["intake"]}}
    )
    with pytest.raises(BadEnvelope, match="bad_content"):
        open_event(
            swapped,
            Opener({"intake": private_keys()["intake"]}),
            reader="intake",
            topic=SUBMITTED.name,
            letter=LETTER,
        )


async def test_kept_words_of_another_letter_or_kind_stay_closed() -> None:
    seals = seals_of()
    diary = Diary(words=LetterText(subject="s", body="机密"))
    kept = seals.seal_state(STATE, diary, letter=LETTER)
    assert seals.open_state(STATE, kept, letter=LETTER) == diary
    with pytest.raises(CannotOpen):
        seals.open_state(STATE, kept, letter="GD-TEST-0002")
    identity = seals.ring.seal(b"{}", letter=LETTER, field=Identity.__name__)
    with pytest.raises(CannotOpen):
        seals.open_state(STATE, kept | {"words": identity}, letter=LETTER)
