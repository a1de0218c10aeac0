"""Refusals, and drafts that go back instead of being signed."""

from typing import Any

import pytest

from shared.contracts.values import By
from shared.kernel.errors import BadValue, NotHeld, OutOfOrder
from tests.router.story import (
    CHIEF,
    PROVINCE_CHIEF,
    STAGES,
    at,
    decline,
    later,
    letter_of,
    names,
    reply,
    route,
    running,
    sign,
)
from tests.router.test_routing import recall
from tests.router.test_signing import MISSING, send_back

# --- sent back ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "by", "to_state"),
    [("signing", CHIEF, "handling"), ("signing in triage", PROVINCE_CHIEF, "triage")],
)
def test_a_draft_goes_back_whence_it_came(stage: str, by: By, to_state: str) -> None:
    story = at(stage).when(send_back(by))
    (sent,) = story.caused
    assert (sent.to_state, sent.words, sent.state) == (to_state, MISSING, to_state)
    letter = letter_of(story.state)
    assert (letter.state, letter.draft) == (to_state, None)
    wanted = {"reply", "assign"} if to_state == "triage" else {"reply"}
    assert running(story.state) == wanted


def test_what_was_sent_back_is_written_anew() -> None:
    story = at("signing").when(send_back(), reply(at=later(2)))
    assert names(story.caused) == ["reply.submitted", "letter.replied"]
    story = at("signing in triage").when(send_back(PROVINCE_CHIEF), route("foshan"))
    assert names(story.caused) == ["letter.routed"]


def test_whoever_sends_back_says_why() -> None:
    with pytest.raises(BadValue, match="words"):
        at("signing").when(send_back(words=None))


def test_a_draft_is_gone_with_the_letter_that_was_taken_back() -> None:
    story = at("signing").when(recall())
    with pytest.raises(OutOfOrder):
        story.when(sign())


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"words": None}, "words"),
        ({"where_to_turn": None}, "where_to_turn"),
        ({"where_to_turn": None, "decline_reason": "crime_report"}, "where_to_turn"),
    ],
)
def test_a_refusal_has_words_and_says_who_else_is_competent(
    over: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadValue, match=field):
        at("routed").when(decline(**over))


@pytest.mark.parametrize("reason", ["no_content", "abusive", "duplicate_pending", "no_new_facts"])
def test_where_nobody_else_could_help_nobody_is_named(reason: Any) -> None:
    story = at("routed").when(decline(decline_reason=reason, where_to_turn=None), sign())
    assert story.caused[-1].where_to_turn is None


@pytest.mark.parametrize(
    "stage", [one for one in STAGES if one not in ("nothing", "routed", "triage")]
)
def test_only_what_waits_to_be_taken_up_is_refused(stage: str) -> None:
    with pytest.raises((OutOfOrder, NotHeld)):
        at(stage).when(decline())
    with pytest.raises((OutOfOrder, NotHeld)):
        at(stage).when(decline("triage", 0))
