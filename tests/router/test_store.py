"""How the router stores letters: sealed, and indexed by holder and state."""

import json
from datetime import timedelta

import pytest

from services.router.domain.external_events import PassIdentity
from services.router.store import documents, queries
from shared.contracts.submitted_v1 import IdentitySealed
from shared.contracts.topics import PROGRESS
from shared.kernel.viewers import Viewer
from shared.platform.crypto.key_ring import CannotOpen
from shared.platform.http.visibility import visibility_filter
from shared.platform.letters.service_decider import Outgoing
from tests.router.story import (
    LETTER,
    MONDAY,
    NAME,
    OTHER,
    PHONE,
    STAGES,
    WITHDRAW,
    accept,
    at,
    given,
    letter_of,
    outgoing,
    rate,
    receive,
    reply,
)
from tests.support.doubles import Memory
from tests.support.given import Story
from tests.support.sealed_shell import name_of, seals


@pytest.mark.parametrize("stage", STAGES)
def test_a_state_survives_being_kept_and_shows_no_words(stage: str) -> None:
    keys, state = seals("router"), at(stage).state
    kept = json.loads(json.dumps(keys.seal_state(documents.STATE, state, letter=LETTER)))
    text = json.dumps(kept, ensure_ascii=False)
    assert not [secret for secret in (NAME, PHONE, "路灯") if secret in text]
    assert keys.open_state(documents.STATE, kept, letter=LETTER) == state


def test_a_kept_state_opens_for_its_own_letter_only() -> None:
    keys = seals("router")
    kept = keys.seal_state(documents.STATE, at("handling").state, letter=LETTER)
    with pytest.raises(CannotOpen):
        keys.open_state(documents.STATE, kept, letter=OTHER)


NOBODYS = ("triage", "withdrawn in triage")
"""Stages in which no bureau has or had the letter."""


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        ("triage", "triage:triage"),
        ("routed", "guangzhou:routed"),
        ("handling", "guangzhou:handling"),
        ("closed", "guangzhou:closed"),
        ("withdrawn in triage", "triage:withdrawn"),
    ],
)
def test_letters_are_indexed_by_holder_and_state(stage: str, shown: str) -> None:
    state = at(stage).state
    kept = documents.index(state)
    assert (kept["is"], kept["received_at"]) == (shown, letter_of(state).received_at)
    assert kept["bureaus"] == (["guangzhou"] if stage not in NOBODYS else [])


def test_what_was_never_heard_of_is_found_by_nobody() -> None:
    kept = documents.index(given().state)
    assert (kept["is"], kept["received_at"]) == (None, None)
    assert (kept["open_to"], kept["kept_from"]) == ([], [])
    assert "bureaus" not in kept


def said(story: Story) -> list[tuple[str, str]]:  # type: ignore[type-arg]  # any story of the router
    """Topic and type of the router's events about the last command, in order."""
    outs = [out for event in story.caused for out in outgoing(event, story.state)]
    return [(out.topic, name_of(out.event.type)) for out in outs if isinstance(out, Outgoing)]


GUANGZHOU = "bureau.guangzhou.letters"


def test_facts_go_to_all_and_copies_to_the_holder() -> None:
    assert said(given().when(receive(None))) == [
        (PROGRESS.name, "letter.received"),
        (PROGRESS.name, "triage.entered"),
    ]
    assert said(at("routed").when(accept())) == [
        (PROGRESS.name, "letter.accepted"),
        (GUANGZHOU, "letter.accepted"),
    ]
    assert said(at("handling").when(reply())) == [
        (PROGRESS.name, "reply.submitted"),
        (PROGRESS.name, "letter.replied"),
        (GUANGZHOU, "letter.replied"),
    ]
    assert said(at("routed").when(WITHDRAW)) == [
        (PROGRESS.name, "letter.withdrawn"),
        (GUANGZHOU, "letter.withdrawn"),
        (GUANGZHOU, "assignment.ended"),
    ]
    assert said(at("closed").when(rate())) == [(PROGRESS.name, "request.refused")]


def test_the_identity_goes_to_the_holder_alone() -> None:
    sealed = IdentitySealed(bureau="guangzhou", assignment=1, kid="bureau:guangzhou")
    assert said(at("routed").when(PassIdentity(sealed, at=MONDAY))) == [
        (GUANGZHOU, "letter.identity")
    ]


def test_what_goes_on_no_topic_is_not_said() -> None:
    story = at("routed")
    kept = story.caused[1]
    assert type(kept).__name__ == "ContentStored"
    assert list(outgoing(kept, story.state)) == []


async def test_a_page_of_triage_is_the_oldest_first() -> None:
    letters = Memory()
    for minute in range(60):
        at_minute = MONDAY + timedelta(minutes=minute)
        name = f"L{minute:02}"
        waits = documents.index(at("triage").state) | {"received_at": at_minute}
        letters.kept[name] = {"_id": name, **waits}
    letters.kept["held"] = {"_id": "held", **documents.index(at("routed").state)}
    seen = visibility_filter(Viewer("lin", frozenset({"triage"})))
    first, end = await queries.in_triage(letters, seen, after=None)
    second, nothing = await queries.in_triage(letters, seen, after=end)
    assert [*first, *second] == [f"L{minute:02}" for minute in range(60)]
    assert (len(first), nothing) == (50, None)
