"""A letter lives under the policies of its day of receipt, whichever come into force later."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from services.router.domain.actors import Command
from services.router.domain.decide import decide
from services.router.domain.due_dates import Rulebook
from services.router.domain.escalation import RecountDues
from services.router.domain.evolve import evolve
from services.router.domain.letter import LetterState, UnknownLetter
from shared.contracts.vocabulary import Category
from shared.kernel.errors import LimitReached, Refused
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import GUANGDONG
from tests.router import anyone
from tests.router.story import RULEBOOK, at, caused, letter_of, names, receive, reply
from tests.router.test_extensions import more
from tests.router.test_supervision import typhoon
from tests.support.budget import budget
from tests.support.versions import OURS, both, other

CHANGE = date(2026, 12, 7)
"""The day from which the other version is in force, a Monday."""
MIDNIGHT = datetime(2026, 12, 7, tzinfo=GUANGDONG)
OTHER = other(f"{CHANGE}")
CHANGED = replace(RULEBOOK, versions=both(f"{CHANGE}"))
ONLY_OURS = RULEBOOK
ONLY_OTHER = replace(RULEBOOK, versions=PolicyVersions((OTHER,)))
OFF = typhoon(date(2026, 12, 8), date(2026, 12, 15)).calendar
CATEGORIES: tuple[Category, ...] = tuple(OURS.replies)  # type: ignore[arg-type]  # so named there


def received(when: datetime, category: Category = "request") -> Command:
    """A letter of that instant, which the router reads at once."""
    return replace(receive(category=category, received_at=when), at=when)


def told(command: Command, state: LetterState, rulebook: Rulebook) -> tuple[tuple[Any, ...], str]:
    """The effects, and the refusal."""
    try:
        return decide(command, state, rulebook=rulebook), ""
    except Refused as refused:
        return (), f"{refused!r}"


@settings(max_examples=budget(60))
@whatever(data=st.data(), minutes=st.integers(-60 * 24 * 20, 60 * 24 * 20))
def test_a_letter_s_life_is_that_of_its_own_version_alone(
    data: st.DataObject, minutes: int
) -> None:
    now = MIDNIGHT + timedelta(minutes=minutes)
    alone = ONLY_OURS if now < MIDNIGHT else ONLY_OTHER
    state: LetterState = UnknownLetter()
    command: Any = received(now, data.draw(st.sampled_from(CATEGORIES)))
    for _ in range(12):
        calendar = data.draw(st.sampled_from([RULEBOOK.calendar, OFF]))
        events, refused = told(command, state, replace(CHANGED, calendar=calendar))
        assert (events, refused) == told(command, state, replace(alone, calendar=calendar))
        for event in events:
            state = evolve(state, event)
        now += timedelta(hours=data.draw(st.sampled_from([0, 1, 20, 80])))
        wanted = anyone.sensible(letter_of(state), now) | st.just(RecountDues(at=now))
        command = data.draw(wanted)


@settings(max_examples=budget(60))
@whatever(
    stage=st.sampled_from(["triage", "routed", "handling", "signing", "replied", "declined"]),
    days=st.integers(0, 400),
)
def test_no_newer_version_moves_a_date_of_a_letter_that_is_there(stage: str, days: int) -> None:
    newer = replace(RULEBOOK, versions=both(f"{OURS.since + timedelta(days=days + 1)}"))
    assert caused(RecountDues(at=MIDNIGHT), at(stage).state, newer) == ()


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_version_changes_with_the_day_in_guangdong(category: Category) -> None:
    for when, policies in ((MIDNIGHT - timedelta(seconds=1), OURS), (MIDNIGHT, OTHER)):
        event = caused(received(when, category), UnknownLetter(), CHANGED)[0]
        assert event.policy_version == event.receipt.policy_version == policies.version
        counted = [day for day in event.receipt.days if day.kind == "counted"]
        assert len(counted) == policies.reply_limit(category).amount
        assert letter_of(evolve(UnknownLetter(), event)).policy_version == policies.version


def test_the_day_of_receipt_decides_and_not_when_the_router_comes_to_it() -> None:
    sent = receive(received_at=MIDNIGHT - timedelta(hours=1))
    late = replace(sent, at=MIDNIGHT + timedelta(days=3))
    assert caused(late, UnknownLetter(), CHANGED)[0].policy_version == OURS.version


def test_what_was_granted_and_who_signs_follow_the_letter_s_version_too() -> None:
    handled = at("handling").state
    assert names(caused(more(5), handled, CHANGED)) == ["extension.requested"]
    assert "letter.replied" in names(caused(reply(), handled, CHANGED))
    new = replace(letter_of(handled), policy_version=OTHER.version)
    with pytest.raises(LimitReached):
        caused(more(5), new, CHANGED)
    (submitted,) = caused(reply(), new, CHANGED)
    assert submitted.signers == ("chief",)


def test_a_letter_whose_version_is_gone_keeps_its_dates_and_goes_on() -> None:
    for stage in ("routed", "handling", "supplement", "replied", "declined"):
        said = caused(RecountDues(at=MIDNIGHT), at(stage).state, ONLY_OTHER)
        assert all(one.new_due == one.old_due for one in said)
    moved = caused(
        RecountDues(at=MIDNIGHT), at("handling").state, replace(ONLY_OTHER, calendar=OFF)
    )
    (change,) = moved[0].clocks
    assert moved[0].receipt.policy_version == OURS.version
    assert change.limit.amount == OURS.reply_limit("request").amount, "as it was promised"
    (submitted,) = caused(reply(), at("handling").state, ONLY_OTHER)
    assert submitted.signers == ("chief",), "what begins now begins as what stands in for it says"
