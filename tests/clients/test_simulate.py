"""The decisions of simulated bureaus, made only where they are still needed."""

import pytest

from clients.bureau._kafka.connection import ActionProducer
from clients.bureau.arrivals import Arrived, opened, read
from clients.bureau.simulate.actions import action_for
from clients.bureau.simulate.answers import OUTCOMES
from clients.bureau.simulate.decisions import next_action
from clients.bureau.simulate.figures import SimulationMetrics
from clients.bureau.simulate.folding import BY_HAND, folded
from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.mix import Mix
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.play import MOST_TRIES, SimulatedBureaus
from clients.bureau.simulate.texts import text_for
from shared.contracts.actions_v1 import Accept, Reply, RequestResend
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused, AssignmentEnded, LetterAssigned
from shared.contracts.envelope import KafkaRecord, from_record
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterReplied
from shared.contracts.vocabulary import Category
from shared.contracts.words import ReplyText
from tests.clients.making import (
    GZ,
    LETTER,
    RULE,
    Fetched,
    accepted,
    assigned,
    keys_for,
    said,
    snapshot,
)

KEYS = keys_for("router", f"bureau:{GZ}")
OURS = KEYS[f"bureau:{GZ}"]
PACE = Pace(0.3, 1.0)
REPLIED = LetterReplied(
    state="replied", holder=GZ, assignment=1, by=RULE, reply=1, outcome="resolved"
)
ENDED = AssignmentEnded(state="withdrawn", holder=GZ, assignment=1, by=RULE, why="withdrawn")


def held_after(*events: Event) -> BureauLetter:
    held: BureauLetter | None = None
    for sequence, event in enumerate(events, 1):
        found = read(said(KEYS["router"], event, sequence=sequence))
        assert isinstance(found, Arrived)
        held = folded(held, opened(found, OURS))
    assert held is not None
    return held


def step_after(*events: Event, pace: Pace = PACE) -> str | None:
    found = next_action(held_after(*events), pace)
    return found.step if found else None


@pytest.mark.parametrize(
    ("events", "step"),
    [
        ((assigned(),), "accept"),
        ((assigned(), accepted()), "reply"),
        ((assigned(), accepted(), REPLIED), None),
        ((assigned(), ENDED), None),
        ((assigned(), accepted(), ENDED), None),
        ((assigned(subject=f"{BY_HAND} 请人工处理"),), None),
        ((assigned().model_copy(update={"words": None}),), None),
    ],
    ids=["new", "accepted", "replied", "ended", "ended late", "by hand", "erased"],
)
def test_the_next_step(events: tuple[Event, ...], step: str | None) -> None:
    assert step_after(*events) == step


def test_a_silent_bureau_does_nothing() -> None:
    assert step_after(assigned(), pace=Pace(0.3, 1.0, silent=frozenset({GZ}))) is None


def test_what_was_never_assigned_is_not_held() -> None:
    found = read(said(KEYS["router"], accepted(), sequence=1))
    assert isinstance(found, Arrived)
    assert folded(None, found) is None


@pytest.mark.parametrize("category", sorted(OUTCOMES))
def test_every_category_has_a_fitting_reply(category: Category) -> None:
    action = action_for(held_after(assigned(category=category), accepted()), "reply", pace=PACE)
    assert isinstance(action, Reply)
    assert action.outcome == OUTCOMES[category]
    assert action.outcome not in {"unfounded", "malicious"}
    assert action.publication_proposed == (category in {"suggestion", "inquiry"})
    assert isinstance(action.words, ReplyText)
    assert action.words.text == text_for(category, is_english=False, number=1)


def test_an_english_letter_has_an_english_reply() -> None:
    held = held_after(assigned(body="The lamp is out."), accepted())
    action = action_for(held, "reply", pace=PACE)
    assert isinstance(action, Reply)
    assert isinstance(action.words, ReplyText)
    assert action.words.text.isascii()


def test_a_second_reply_is_another_action() -> None:
    first = action_for(held_after(assigned(), accepted()), "reply", pace=PACE)
    second = action_for(held_after(assigned(), accepted(), REPLIED), "reply", pace=PACE)
    assert first.action_id != second.action_id


def test_after_a_restart_the_action_is_the_same_to_the_last_byte() -> None:
    again = [action_for(held_after(assigned()), "accept", pace=PACE) for _ in range(2)]
    assert again[0].model_dump_json() == again[1].model_dump_json()
    assert isinstance(again[0], Accept)


def test_pauses_are_near_the_setting_and_repeatable() -> None:
    held = held_after(assigned())
    pauses = {Pace(1.0, 9.0, seed=str(seed)).pause(held, "accept") for seed in range(200)}
    assert 0.6 <= min(pauses) < 0.7
    assert 1.3 < max(pauses) <= 1.4
    held_again = held_after(assigned())
    assert Pace(1.0, 9.0).pause(held, "accept") == Pace(1.0, 3.0).pause(held_again, "accept")


def play(pace: Pace | None = None) -> tuple[SimulatedBureaus, SimulationMetrics]:
    figures = SimulationMetrics()
    return SimulatedBureaus({GZ: OURS}, pace or Pace(0.3, 1.0), figures=figures), figures


def record(event: Event, sequence: int | None) -> Fetched:
    return said(KEYS["router"], event, sequence=sequence, offset=sequence or 0)


def steps(found: SimulatedBureaus, now: float) -> list[str]:
    return [task.step for _, task in found.tasks(now)]


def test_a_letter_is_taken_up_and_answered_in_time() -> None:
    found, _ = play()
    found.take([record(assigned(), 1)], now=10.0)
    assert steps(found, 10.1) == []
    assert steps(found, 10.5) == ["accept"]
    found.take([record(accepted(), 2)], now=11.0)
    assert steps(found, 11.5) == []
    assert steps(found, 12.5) == ["reply"]
    found.take([record(REPLIED, 3)], now=13.0)
    assert steps(found, 1000.0) == []


def test_what_was_done_before_a_restart_isnt_done_again() -> None:
    found, _ = play()
    found.take([record(assigned(), 1), record(accepted(), 2), record(REPLIED, 3)], now=0.0)
    assert steps(found, 1000.0) == []


def test_repeats_overtakers_and_garbage_change_nothing() -> None:
    found, figures = play()
    garbage = Fetched(f"bureau.{GZ}.letters", 0, 9, b"k", b"{", [])
    found.take([record(accepted(), 2), garbage, record(assigned(), 1)], now=0.0)
    found.take([record(assigned(), 1)], now=1.0)
    assert steps(found, 5.0) == ["reply"]
    assert 'mailbox_bureaus_unreadable_total{code="bad_headers"} 1' in figures.text()
    assert "mailbox_bureaus_letters_total 1" in figures.text()


async def test_a_refused_action_isnt_asked_again_until_the_letter_has_moved() -> None:
    found, figures = play()
    found.take([record(assigned(), 1)], now=0.0)
    ((name, task),) = found.tasks(5.0)
    await found._do(Taking(), name, task, 5.0)
    no = ActionRefused(action_id=task.action.action_id, code="not_allowed")
    found.take([record(no, 2)], now=6.0)
    assert steps(found, 1000.0) == []
    assert 'mailbox_bureaus_refused_total{code="not_allowed"} 1' in figures.text()
    found.take([record(accepted(), 3), record(assigned(), 4)], now=7.0)
    ((_, once_more),) = found.tasks(1000.0)
    assert once_more.step == "accept"
    assert once_more.action.action_id != task.action.action_id


async def test_what_nobody_answers_is_let_be_unless_it_is_essential() -> None:
    always = Mix(noted=1.0)
    found, _ = play(Pace(0.0, 0.0, mix=always))
    found.take([record(assigned(), 1), record(accepted(), 2)], now=0.0)
    taking = Taking()
    for number in range(MOST_TRIES + 1):
        ((name, task),) = found.tasks(1000.0 * (number + 1))
        assert task.step == "note"
        await found._do(taking, name, task, 1000.0 * (number + 1))
    assert len(taking.records) == MOST_TRIES
    for number in range(MOST_TRIES + 5):
        ((name, task),) = found.tasks(1e6 + 1000.0 * number)
        assert task.step == "reply"
        await found._do(taking, name, task, 1e6 + 1000.0 * number)


def test_an_applied_action_alone_doesnt_move_a_letter() -> None:
    done = ActionApplied(
        state="routed", holder=GZ, assignment=1, by=RULE,
        action_id=action_for(held_after(assigned()), "accept", pace=PACE).action_id,
        resulting=accepted().type,
    )  # fmt: skip
    assert step_after(assigned(), accepted(), done) == "reply"


def test_a_new_assignment_takes_the_place_of_the_old() -> None:
    found, _ = play()
    again = assigned().model_copy(update={"assignment": 2})
    found.take([record(assigned(), 1), record(again, 2)], now=0.0)
    assert [task.action.assignment for _, task in found.tasks(100.0)] == [2]
    assert isinstance(again, LetterAssigned)


class Taking(ActionProducer):
    """A producer that keeps its records."""

    def __init__(self) -> None:
        self.records: list[tuple[str, KafkaRecord]] = []

    async def send(self, topic: str, record: KafkaRecord) -> None:
        self.records.append((topic, record))


def test_letters_are_named_in_no_figure() -> None:
    found, figures = play()
    found.take([record(assigned(), 1)], now=0.0)
    assert LETTER not in figures.text()


def shown(sequence: int) -> Fetched:
    return record(snapshot().numbered(sequence), sequence)


def test_a_snapshot_is_a_letter_like_one_just_assigned() -> None:
    found, figures = play()
    found.take([shown(7)], now=0.0)
    assert steps(found, 1000.0) == ["reply"]
    assert "mailbox_bureaus_letters_total 1" in figures.text()
    found.take([record(REPLIED, 8)], now=1.0)
    assert steps(found, 1000.0) == []


def test_old_news_after_a_snapshot_change_nothing() -> None:
    found, _ = play()
    found.take([shown(4), record(REPLIED, 5), record(accepted(), 3)], now=0.0)
    assert steps(found, 1000.0) == []


async def test_simulated_bureaus_ask_for_what_they_miss() -> None:
    found, figures = play()
    taking = Taking()
    found.take([record(accepted(), 2)], now=0.0)
    await found._ask_for_missing(taking, 1.0)
    assert taking.records == []
    await found._ask_for_missing(taking, 40.0)
    ((topic, sent),) = taking.records
    asked = from_record(sent, topic=topic).data
    assert topic == f"bureau.{GZ}.actions"
    assert isinstance(asked, RequestResend)
    assert (asked.from_sequence, asked.snapshot) == (1, False)
    assert 'mailbox_bureaus_actions_total{action="resend"} 1' in figures.text()
    found.take([], now=70.0)
    await found._ask_for_missing(taking, 80.0)
    again = from_record(taking.records[-1][1], topic=topic).data
    assert isinstance(again, RequestResend)
    assert again.snapshot
