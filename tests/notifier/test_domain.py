"""The notifier's law: levels are proposed once and in order, and the writer is told once."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from services.notifier.domain import (
    TEXTS,
    Command,
    ContactKept,
    Delivery,
    DeliveryChanged,
    DeliveryQueued,
    FireClocks,
    Happening,
    HearProgress,
    KeepContact,
    Letter,
    NoteDelivered,
    PostponeDelivery,
    ProgressHeard,
    RefuseDelivery,
    decide,
    evolve,
    text_of,
)
from services.notifier.store import STATE
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.event import Fact
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import LevelName
from shared.contracts.words import Contact
from shared.kernel.decider import Decider
from shared.kernel.errors import NotFound, OutOfOrder
from tests.notifier.stage import moment
from tests.notifier.story import (
    DUE,
    LETTER,
    PHONE,
    RED_AT,
    days,
    fact,
    other,
    passing,
    replied,
    started,
)
from tests.support.given import Given

DECIDER: Decider[Command, Letter, Happening] = Decider(Letter(), decide, evolve)
given = Given(DECIDER)

EVENT = f"letters.progress/{LETTER}/6"
DELIVERY = f"{LETTER}/{EVENT}"


def heard(*clocks: ClockChange, sequence: int = 3) -> ProgressHeard:
    return ProgressHeard(fact(*clocks), sequence)


def fired(
    level: LevelName = "red",
    at: datetime = RED_AT,
    due_on: date = DUE,
    round_: int = 1,
    sequence: int = 3,
) -> ClockFired:
    return ClockFired(
        clock="reply",
        round=round_,
        level=level,
        due_on=due_on,
        passed_at=at,
        progress_sequence=sequence,
    )


THREE = started("reply", ("reminder", moment(24)), ("yellow", moment(25)), ("red", RED_AT))


def test_a_level_is_proposed_at_its_instant_and_not_before() -> None:
    story = given(heard(started()))
    with pytest.raises(OutOfOrder):
        story.when(FireClocks(RED_AT - timedelta(microseconds=1)))
    story.when(FireClocks(RED_AT)).then(fired())


def test_all_levels_that_are_due_are_proposed_in_order() -> None:
    given(heard(THREE)).when(FireClocks(RED_AT)).then(
        fired("reminder", moment(24)), fired("yellow", moment(25)), fired("red")
    ).leaves(lambda letter: letter.fires_at is None)


def test_levels_of_several_clocks_are_proposed_in_the_order_of_their_instants() -> None:
    early = started("sign_in", ("red", moment(24, 18)))
    story = given(heard(THREE, early)).when(FireClocks(moment(25)))
    assert [(one.clock, one.level) for one in story.caused if isinstance(one, ClockFired)] == [
        ("reply", "reminder"),
        ("sign_in", "red"),
        ("reply", "yellow"),
    ]


def test_firing_twice_is_firing_once() -> None:
    story = given(heard(started())).when(FireClocks(RED_AT)).then(fired())
    with pytest.raises(OutOfOrder):
        story.when(FireClocks(RED_AT + days(1)))


def test_a_proposal_names_the_progress_that_it_rests_on() -> None:
    story = given(heard(started()), heard(sequence=9)).when(FireClocks(RED_AT))
    story.then(fired(sequence=9))


@pytest.mark.parametrize("change", ["stopped", "paused"])
def test_a_clock_that_does_not_run_proposes_nothing(change: str) -> None:
    story = given(heard(started()), heard(other(change)))
    with pytest.raises(OutOfOrder):
        story.when(FireClocks(RED_AT + days(9)))
    story.leaves(lambda letter: letter.fires_at is None and letter.passes_at is None)


def test_a_resumed_clock_runs_to_the_date_that_the_router_gives() -> None:
    later = DUE + days(3)
    resumed = started(due_on=later, change="resumed")
    story = given(heard(started()), heard(other("paused")), heard(resumed))
    story.when(FireClocks(passing(later))).then(fired(at=passing(later), due_on=later))


def test_a_clock_resumed_without_a_date_keeps_the_one_that_it_had() -> None:
    given(heard(started()), heard(other("paused")), heard(other("resumed"))).when(
        FireClocks(RED_AT)
    ).then(fired())


def test_a_clock_moved_away_and_back_does_not_propose_a_level_again() -> None:
    away, back = started(due_on=DUE + days(5), change="moved"), started(change="moved")
    story = given(heard(started())).when(FireClocks(RED_AT)).then(fired())
    story = given.state(story.state).when(
        HearProgress(LETTER, fact(away), 4, EVENT, RED_AT),
        HearProgress(LETTER, fact(back), 5, EVENT, RED_AT),
    )
    story.leaves(lambda letter: letter.fires_at is None)


def test_the_next_round_of_a_clock_proposes_anew() -> None:
    again = started(round_=2)
    given(heard(started()), fired(), heard(other("stopped")), heard(again)).when(
        FireClocks(RED_AT)
    ).then(fired(round_=2))


def test_changes_of_clocks_that_never_ran_change_nothing() -> None:
    given(heard(other("paused"), other("resumed", "assign"), other("stopped"))).leaves(
        lambda letter: letter.clocks == ()
    )


# --- each due level exactly once, in order, whatever happens between ----------------------------

START = moment(1)
Key: TypeAlias = tuple[str, int, str, date]

steps = st.lists(
    st.one_of(
        st.tuples(st.just("start"), st.sampled_from(["reply", "sign_in"]), st.integers(0, 6)),
        st.tuples(st.just("move"), st.sampled_from(["reply", "sign_in"]), st.integers(0, 6)),
        st.tuples(st.just("stop"), st.sampled_from(["reply", "sign_in"]), st.just(0)),
        st.tuples(st.just("pause"), st.sampled_from(["reply", "sign_in"]), st.just(0)),
        st.tuples(st.just("pass"), st.just(""), st.integers(1, 60)),
    ),
    max_size=30,
)


class Model:
    """A second, slower account: all that was promised, and all that was said."""

    def __init__(self) -> None:
        self.rounds: dict[str, int] = {}
        self.promised: dict[str, list[tuple[Key, datetime]]] = {}
        self.said: list[Key] = []

    def change(self, verb: str, clock: Any, amount: int, now: datetime) -> ClockChange | None:
        running = clock in self.promised
        if verb == "stop":
            self.promised.pop(clock, None)
            return other("stopped", clock, self.rounds.get(clock, 1))
        if verb == "pause":
            if running:
                self.promised[clock] = []
            return other("paused", clock, self.rounds.get(clock, 1))
        if verb == "start" and not running:
            self.rounds[clock] = self.rounds.get(clock, 0) + 1
        elif verb == "start" or not running:
            return None
        return self._promise(clock, amount, now, "moved" if running else "started")

    def _promise(self, clock: Any, amount: int, now: datetime, change: str) -> ClockChange:
        due_on, round_ = (now + days(amount)).date(), self.rounds[clock]
        levels: list[tuple[LevelName, datetime]] = [
            ("yellow", passing(due_on) - days(1)),
            ("red", passing(due_on)),
            ("chief", passing(due_on) + days(1)),
        ]
        self.promised[clock] = [((clock, round_, level, due_on), at) for level, at in levels]
        return started(clock, *levels, due_on=due_on, round_=round_, change=change)

    def expected(self, now: datetime) -> set[Key]:
        """All that was promised, is due, and was not said yet."""
        promised = (one for levels in self.promised.values() for one in levels)
        return {key for key, at in promised if at <= now} - set(self.said)


def restarted(letter: Letter) -> Letter:
    """The letter after it was kept and loaded again."""
    return STATE.validate_python(STATE.dump_python(letter, mode="json"))


@settings(max_examples=150, deadline=None)
@examples(steps)
def test_each_due_level_is_proposed_exactly_once_and_in_order(
    story: list[tuple[str, str, int]],
) -> None:
    now, letter, model = START, Letter(), Model()
    for number, (verb, clock, amount) in enumerate(story, 1):
        if verb == "pass":
            now += timedelta(hours=amount)
        elif change := model.change(verb, clock, amount, now):
            command = HearProgress(LETTER, fact(change), number, EVENT, now)
            letter = given.state(letter).when(command).state
        expected = model.expected(now)
        caused: tuple[Happening, ...] = ()
        if letter.fires_at is not None and letter.fires_at <= now:
            told = given.state(letter).when(FireClocks(now))
            caused, letter = told.caused, told.state
        said = [one for one in caused if isinstance(one, ClockFired)]
        keys: list[Key] = [(one.clock, one.round, one.level, one.due_on) for one in said]
        assert len(keys) == len(set(keys))
        assert set(keys) == expected
        assert [one.passed_at for one in said] == sorted(one.passed_at for one in said)
        model.said += keys
        letter = restarted(letter)
    assert len(model.said) == len(set(model.said))


# --- what the writer is told ---------------------------------------------------------------------

CONTACT = Contact(phone=PHONE)


def test_a_reply_is_told_once_under_an_id_of_its_own() -> None:
    queued = Delivery(DELIVERY, "replied", queued_at=moment(26), try_at=moment(26))
    answer = replied()
    given(ContactKept(CONTACT, "zh")).when(HearProgress(LETTER, answer, 6, EVENT, moment(26))).then(
        ProgressHeard(answer, 6), DeliveryQueued(queued)
    ).leaves(lambda letter: letter.waiting == (queued,) and letter.address == ("sms", PHONE))


def test_other_facts_are_not_told() -> None:
    heard_fact: Fact = fact()
    given().when(HearProgress(LETTER, heard_fact, 1, EVENT, moment(26))).then(
        ProgressHeard(heard_fact, 1)
    )


def test_a_reply_that_overtakes_the_contact_waits_for_it() -> None:
    story = given().when(HearProgress(LETTER, replied(), 6, EVENT, moment(26)))
    story.leaves(lambda letter: letter.waiting == ())
    story.when(KeepContact(CONTACT, "en")).leaves(lambda letter: len(letter.waiting) == 1)


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        (Contact(phone=PHONE, email="a@example.org", wechat="w"), ("sms", PHONE)),
        (Contact(email="a@example.org", wechat="w"), ("wechat", "w")),
        (Contact(email="a@example.org"), ("email", "a@example.org")),
        (Contact(), None),
        (None, None),
    ],
)
def test_the_channel_follows_from_what_the_writer_gave(
    contact: Contact | None, address: tuple[str, str] | None
) -> None:
    assert Letter(contact=contact).address == address


QUEUED = Delivery(DELIVERY, "replied", queued_at=moment(26), try_at=moment(26))
WAITING = replace(Letter(), was_submitted=True, contact=CONTACT, deliveries=(QUEUED,))


def test_a_delivery_ends_once() -> None:
    story = given.state(WAITING).when(NoteDelivered(DELIVERY))
    story.then(DeliveryChanged(replace(QUEUED, standing="delivered")))
    story.leaves(lambda letter: letter.waiting == ())
    story.when(PostponeDelivery(DELIVERY, moment(27))).then_nothing()


def test_a_failed_attempt_is_kept_with_the_next_one() -> None:
    given.state(WAITING).when(PostponeDelivery(DELIVERY, moment(27))).leaves(
        lambda letter: letter.waiting == (replace(QUEUED, attempts=1, try_at=moment(27)),)
    )


def test_a_refused_delivery_says_why_and_is_kept() -> None:
    given.state(WAITING).when(RefuseDelivery(DELIVERY, "422")).leaves(
        lambda letter: letter.deliveries == (replace(QUEUED, standing="refused", code="422"),)
    )


def test_an_unknown_delivery_is_refused() -> None:
    with pytest.raises(NotFound):
        given.state(WAITING).when(NoteDelivered("another"))


@pytest.mark.parametrize("message", list(TEXTS))
def test_a_text_names_the_letter_and_where_to_read_in_both_languages(message: Any) -> None:
    for lang in ("zh", "en"):
        text = text_of(message, lang, letter=LETTER, where="https://mailbox.example")
        assert LETTER in text
        assert "https://mailbox.example" in text
    assert "answered" in text
