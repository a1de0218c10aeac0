"""After a letter's retention period nobody has its words, and everybody its course."""

import json
from datetime import timedelta
from typing import Any

import bson
import pytest

from services.intake.domain.contact import ChangeContact
from services.intake.domain.erasure import EraseLetterParts
from services.intake.domain.letter import IntakeLetter
from shared.audit.reading import Archive
from shared.audit.running import Audit
from shared.contracts.catalogue import EVENTS
from shared.contracts.erasing import erased, losses
from shared.contracts.submitted_v1 import LetterErased
from shared.contracts.topics import SUBMITTED
from shared.contracts.vocabulary import SERVICES, Erasable
from shared.kernel.errors import NotFound, OutOfOrder
from shared.platform.repair.key_rotation import kids_in
from tests.intake.story import CONTACT, IDENTITY, LETTER, OWNER, given, note, submit, withdrawn
from tests.shared.audit.town import Still
from tests.support.doubles import header
from tests.support.lived import FILE, READS, RULE, Lived, all_rules, envelopes, lived
from tests.support.sealed_shell import name_of, sealed_shell, seals

ALL: tuple[Erasable, ...] = ("identity", "words", "attachments")


# --- who says it ---------------------------------------------------------------------------------


def test_it_is_said_once_the_letter_has_ended() -> None:
    story = given().when(submit(), note(withdrawn()), EraseLetterParts(ALL, RULE))
    assert story.caused[-1:] == (LetterErased(what=ALL, rule=RULE),)


def test_it_is_said_once() -> None:
    story = given().when(submit(), note(withdrawn()), EraseLetterParts(ALL, RULE))
    story.when(EraseLetterParts(ALL, RULE)).then()
    story.when(EraseLetterParts(("words",), RULE)).then()


def test_it_is_not_said_before_nor_of_what_nobody_wrote() -> None:
    with pytest.raises(OutOfOrder):
        given().when(submit()).when(EraseLetterParts(("words",), RULE))
    with pytest.raises(NotFound):
        given().when(EraseLetterParts(("words",), RULE))


# --- what is left of it --------------------------------------------------------------------------


@pytest.fixture
async def story() -> Any:
    async with lived() as found:
        yield found


async def test_the_story_has_words_of_every_kind(story: Lived) -> None:
    """Else the others would prove little."""
    types = {header(one, "ce_type") for one in story.on_topics() if envelopes([one])}
    assert {name_of(one) for one in types} >= {
        "letter.submitted", "answer.submitted", "addition.submitted", "rating.submitted",
        "contact.changed", "identity.sealed", "identity.revealed", "publication.copied",
        "writer.asked", "writer.answered", "note.added", "letter.added_to", "reply.submitted",
        "letter.replied", "letter.rated", "commitment.made", "commitment.fulfilled",
        "letter.assigned", "letter.identity",
    }  # fmt: skip
    state = await story.shelves["intake"].letters.state(LETTER)
    assert isinstance(state, IntakeLetter)
    assert state.state == "closed"


async def test_no_envelope_of_it_is_anywhere(story: Lived) -> None:
    secrets = envelopes(story.on_topics())
    assert len(secrets) > 20
    await story.erase(*ALL)
    for service in SERVICES:
        kept = story.kept(service)
        assert not [one for one in secrets if one in kept], service
        assert FILE.sha256.encode() not in kept
        assert not envelopes(await story.resent(service))
        document = story.shelves[service].documents.kept[LETTER]
        assert "erasing_since" not in document
        assert list(kids_in(document["state"])) == [], "nothing of it is sealed at rest either"


@pytest.mark.parametrize("what", ["identity", "words"])
async def test_one_kind_goes_and_the_other_stays(story: Lived, what: Erasable) -> None:
    before = {service: await story.resent(service) for service in SERVICES}
    await story.erase(what)
    for service in SERVICES:
        after = (await story.resent(service))[: len(before[service])]
        for old, new in zip(before[service], after, strict=True):
            assert (old.topic, old.key, old.headers) == (new.topic, new.key, new.headers)
            kind = EVENTS[header(old, "ce_type")]
            assert new.value == erased(old.value, kind.type, what=[what])
            said = json.loads(new.value)
            gone = [loss.field for loss in losses(kind) if loss.what == what]
            assert not any(said.get(field) for field in gone if field != "commitments.words")


async def test_every_number_is_sent_again_in_its_order(story: Lived) -> None:
    before = {
        service: [header(one, "ce_id") for one in await story.resent(service)]
        for service in SERVICES
    }
    await story.erase(*ALL)
    for service in SERVICES:
        after = [header(one, "ce_id") for one in await story.resent(service)]
        assert after[: len(before[service])] == before[service]
    last = (await story.resent("intake"))[-1]
    assert header(last, "ce_type") == LetterErased.type


async def test_what_waited_has_its_turn_and_nothing_of_it_stays(story: Lived) -> None:
    said = story.shelves["intake"].bus.records(SUBMITTED.name)
    async with sealed_shell(all_rules()["publisher"], seals("publisher"), now=story.now) as late:
        await late.hear(said[1:])
        waiting = late.documents.kept[LETTER]["early"]["submitted"]
        assert len(waiting) == len(said) - 1, "words of every kind wait for the first"
        await story.erase(*ALL)
        await late.hear([story.shelves["intake"].bus.records(SUBMITTED.name)[-1], said[0]])
        document = late.documents.kept[LETTER]
        assert (document["early"], "gap_since" in document) == ({}, False)
        assert {*document["erased"]} == {*ALL}
        kept = bson.encode(document)
        assert not [one for one in envelopes(said) if one in kept]


async def test_a_reader_who_begins_anew_ends_where_the_others_are(story: Lived) -> None:
    """Rebuilt from resent events, which have no words; the state is the same."""
    await story.erase(*ALL)
    sent = [one for service in SERVICES for one in await story.resent(service)]
    for service in ("notifier", "publisher"):
        async with sealed_shell(all_rules()[service], seals(service), now=story.now) as fresh:
            await fresh.hear([one for one in sent if one.topic in READS[service]])
            found = fresh.documents.kept[LETTER]
            theirs = story.shelves[service].documents.kept[LETTER]
            assert found["seen"] == theirs["seen"]
            assert "gap_since" not in found
            assert _without_times(found["state"]) == _without_times(theirs["state"]), service


async def test_router_and_intake_take_what_has_no_words(story: Lived) -> None:
    """They receive resent events, as after a loss, and refuse or park none."""
    await story.erase(*ALL)
    for service, writers in (("router", ["intake"]), ("intake", ["router", "publisher"])):
        async with sealed_shell(all_rules()[service], seals(service), now=story.now) as fresh:
            sent = [one for writer in writers for one in await story.resent(writer)]
            for record in sent:
                if record.topic in READS[service]:
                    folds = await fresh.letters.process_batch(
                        [fresh.seals.read(fresh.arrived(record))]
                    )
                    assert [fold.unfit for fold in folds] == [[]], header(record, "ce_type")


async def test_what_is_written_afterwards_is_kept(story: Lived) -> None:
    await story.erase("identity")
    await story.tell("intake", ChangeContact(OWNER, CONTACT, IDENTITY))
    state = await story.shelves["intake"].letters.state(LETTER)
    assert isinstance(state, IntakeLetter)
    assert state.contact == CONTACT
    assert state.identity is None, "who wrote doesn't come back"
    last = (await story.resent("intake"))[-1]
    assert json.loads(last.value)["contact"]


async def test_the_audit_finds_no_more_than_before(story: Lived) -> None:
    before = await _audited(story)
    await story.erase(*ALL)
    assert await _audited(story) == before
    story.shelves["router"].documents.kept[LETTER]["log"][0]["value"] = b"{}"
    assert await _audited(story) != before, "else it had not looked"


async def _audited(story: Lived) -> set[tuple[str, str]]:
    archives = tuple(
        Archive(name, letters=one.documents, moved=one.moved, parked=one.parked)
        for name, one in story.shelves.items()
    )
    at = story.now() + timedelta(hours=1)
    audit = Audit(archives, Still(), now=lambda: at, wait=timedelta(), pause=timedelta())
    tally = await audit.run()
    lines = tally.lines.values()
    return {(one.finding.code, one.finding.at) for line in lines for one in line.shown}


def _without_times(state: Any) -> Any:
    """Each service has its own time of receipt."""
    if isinstance(state, dict):
        kept = {name: one for name, one in state.items() if not name.endswith("at")}
        return {name: _without_times(one) for name, one in kept.items()}
    return [_without_times(one) for one in state] if isinstance(state, list) else state
