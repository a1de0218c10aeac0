"""The played mailbox answers as the router does, as far as a bureau notices."""

import json
from itertools import count
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.bureau._cli.key_command import new_key
from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.action_records import Made, draft, record_of, with_id, with_next_id
from clients.bureau.arrivals import Arrived, opened, read
from clients.bureau.check import invented
from clients.bureau.check.desk import Sent
from clients.bureau.check.hearing import Ear
from clients.bureau.check.keyring import sealers
from clients.bureau.check.played import Played
from clients.bureau.check.rules import RULES
from clients.bureau.check.strange import UNKNOWN_TYPE, of_unknown_type, with_unknown_field
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from shared.contracts import actions_v1 as v1
from shared.contracts.bureau_v1 import LetterAssigned, LetterIdentity, LetterSnapshot
from shared.contracts.envelope import MAX_RECORD
from shared.contracts.event import Action, Unknown
from shared.contracts.topics import actions_of, letters_of
from shared.contracts.words import Identity, LetterText
from tests.clients.making import Fetched
from tests.clients.transcripts import CAST, NOW

LETTER, CODE = CAST.letter("normal"), CAST.code("normal")
ROUTER, OWN, NEXT = new_key("router"), new_key("bureau:foshan"), new_key("bureau:foshan")
THEIRS = Keys({OWN[0]: OWN[1], NEXT[0]: NEXT[1]}, PublicKeys({ROUTER[0]: ROUTER[1]}))
MADE = Made(made_at=NOW, staff="s-1")
OFFSETS = count()


def mailbox(*, assigned: bool = True) -> Played:
    played = Played("foshan", sealers(dict([OWN, NEXT])), now=lambda: NOW)
    if assigned:
        played.say(LETTER, invented.assigned("foshan", CODE, at=NOW))
    return played


def ask(played: Played, action: Action, *, letter: str = LETTER) -> tuple[Sent, ...]:
    """The mailbox's answer to an action with its id."""
    ear = Ear("foshan", Keys(dict([ROUTER]), PublicKeys()), frozenset())
    key, value, headers = record_of(action, bureau="foshan", letter=letter, keys=THEIRS)
    place = actions_of("foshan").name, 0, next(OFFSETS)
    return played.hear(*ear.hear(Fetched(*place, key, value, headers), now=NOW))


def named(action: Action) -> Action:
    return with_id(action, bureau="foshan", letter=LETTER)


def told(sent: Sent) -> Arrived:
    """The bureau's events."""
    key, value, headers = sent.record
    found = read(Fetched(letters_of("foshan").name, 0, next(OFFSETS), key, value, headers))
    assert isinstance(found, Arrived)
    return opened(found, THEIRS)


def said(answers: tuple[Sent, ...]) -> list[str]:
    """Types and refusal codes of the events."""
    return [each.code or each.type.split(".", 2)[2].removesuffix(".v1") for each in answers]


def test_a_letter_is_taken_up_passed_on_and_answered() -> None:
    played = mailbox()
    steps = [
        draft(v1.Accept, 2, **MADE),
        draft(v1.PassOn, 2, unit="a.traffic", police_type="traffic", **MADE),
        draft(v1.UnitAccept, 2, unit="a.traffic", **MADE),
        draft(v1.Note, 2, text="已核对。", **MADE),
        draft(v1.RequestExtension, 2, clock="reply", days=3, reason="complex", **MADE),
        draft(v1.Link, 2, kind="campaign", with_="lamps", **MADE),
        draft(v1.Reply, 2, text="已办理。", outcome="resolved", **MADE),
        draft(v1.ProposePublication, 2, **MADE),
    ]
    heard = [said(ask(played, named(step))) for step in steps]
    assert heard == [
        ["letter.accepted", "action.applied"],
        ["letter.passed_on", "action.applied"],
        ["unit.accepted", "action.applied"],
        ["note.added", "action.applied"],
        ["action.applied"],
        ["action.applied"],
        ["letter.replied", "action.applied"],
        ["action.applied"],
    ]


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        (draft(v1.Reply, 2, text="已办理。", outcome="resolved", **MADE), ["out_of_order"]),
        (draft(v1.Accept, 1, **MADE), ["stale_assignment"]),
        (draft(v1.Fulfil, 2, text="已换。", commitment=1, **MADE), ["bad_value"]),
        (draft(v1.Reply, 2, text="好。", outcome="malicious", **MADE), ["bad_value"]),
        (draft(v1.Return, 2, reason="other_place", **MADE),
         ["action.applied", "assignment.ended"]),
        (draft(v1.Decline, 2, text="请向法院提出。", decline_reason="abusive", **MADE),
         ["action.applied"]),
    ],
)  # fmt: skip
def test_what_is_asked_first_is_decided_by_the_letters_state(
    action: Action, answer: list[str]
) -> None:
    assert said(ask(mailbox(), named(action))) == answer


def test_a_letter_that_is_not_here_is_refused_to_a_stranger() -> None:
    unknown = ask(mailbox(assigned=False), named(draft(v1.Accept, 2, **MADE)))
    played = mailbox()
    played.say(LETTER, invented.ended("recalled", state="triage", holder="triage"))
    gone = ask(played, named(draft(v1.Accept, 2, **MADE)))
    for (sent,) in (unknown, gone):
        assert sent.code == "not_held"
        assert sent.sequence is None
        assert told(sent).event.model_dump(exclude={"action_id"}) == {
            "code": "not_held",
            "detail": None,
            "state": None,
            "assignment": None,
        }


def test_an_action_is_decided_once_and_its_answer_told_again() -> None:
    played = mailbox()
    accept = named(draft(v1.Accept, 2, **MADE))
    first = ask(played, accept)
    assert ask(played, accept) == first
    other = draft(v1.Note, 2, text="别的。", **MADE).model_copy(
        update={"action_id": accept.action_id}
    )
    assert said(ask(played, other)) == ["id_reused"]
    assert ask(played, accept) == first


def test_the_mailbox_can_be_silent_and_difficult() -> None:
    played = mailbox()
    accept = named(draft(v1.Accept, 2, **MADE))
    played.letter(LETTER).silent_for = 1
    assert ask(played, accept) == ()
    played.letter(LETTER).refuses = "not_allowed"
    assert said(ask(played, accept)) == ["not_allowed"]
    assert said(ask(played, with_next_id(accept))) == ["not_allowed"]


def test_what_is_missing_is_sent_again_as_it_was_or_shown_whole() -> None:
    played = mailbox()
    accepted = ask(played, named(draft(v1.Accept, 2, **MADE)))
    played.letter(LETTER).kept_back = [1, 3]
    request = draft(v1.RequestResend, 2, from_sequence=2, snapshot=False, **MADE)
    again = ask(played, named(request))
    assert again[:2] == accepted
    assert said(again[2:]) == ["action.applied"]
    assert played.letter(LETTER).kept_back == [1]
    whole = ask(
        played, named(draft(v1.RequestResend, 2, from_sequence=None, snapshot=True, **MADE))
    )
    shown = told(whole[0]).event
    assert isinstance(shown, LetterSnapshot)
    assert (shown.state, shown.last_sequence) == ("handling", whole[0].sequence - 1)  # type: ignore[operator]  # numbered
    assert isinstance(shown.words, LetterText)


def test_every_event_is_one_that_a_bureau_reads_in_order_and_can_open() -> None:
    played, order = mailbox(assigned=False), ArrivalBuffer()
    sent = [
        played.say(LETTER, invented.longest("foshan", CODE, at=NOW)),
        played.say(LETTER, invented.identity("foshan", CODE, kid=OWN[0])),
        played.say(LETTER, invented.assigned("foshan", CODE, at=NOW), kid=NEXT[0]),
        played.say(LETTER, invented.withdrawn("foshan")),
        played.say(LETTER, invented.ended("withdrawn", state="withdrawn", holder="foshan")),
    ]
    arrived = [one for each in sent for one in order.take(told(each), 0.0)]
    assert [one.sequence for one in arrived] == [1, 2, 3, 4, 5]
    assert all(not one.closed for one in arrived)
    longest, identity = arrived[0].event, arrived[1].event
    assert isinstance(longest, LetterAssigned)
    assert isinstance(longest.words, LetterText)
    assert len(longest.words.body) == 10_000
    assert longest.words.body.splitlines()[-1] == CODE
    assert 100_000 < sum(map(len, sent[0].record[:2])) < MAX_RECORD
    assert isinstance(identity, LetterIdentity)
    assert isinstance(identity.envelope, Identity)
    assert CODE in identity.envelope.name


def test_news_of_a_later_version_keep_their_letter_and_number() -> None:
    played = mailbox(assigned=False)
    event = invented.assigned("foshan", CODE, at=NOW)
    first = told(played.say(LETTER, event, change=of_unknown_type))
    second = played.say(LETTER, event, change=with_unknown_field)
    assert isinstance(first.event, Unknown)
    assert (first.type, first.sequence) == (UNKNOWN_TYPE, 1)
    assert "foreseen" in json.loads(second.record.value)
    assert told(second).closed == {}


def test_only_what_bureaus_may_ask_has_a_rule() -> None:
    assert all(rule.states for rule in RULES.values())
    assert {kind.__name__ for kind in RULES} >= {"Accept", "Reply", "Return", "Decline"}


ACTIONS = st.sampled_from(
    [
        draft(v1.Accept, 2, **MADE),
        draft(v1.Accept, 1, **MADE),
        draft(v1.Note, 2, text="已核对。", **MADE),
        draft(v1.Reply, 2, text="已办理。", outcome="resolved", **MADE),
        draft(v1.Return, 2, reason="other_place", **MADE),
        draft(v1.Ask, 2, text="何时？", **MADE),
        draft(v1.RequestResend, 2, from_sequence=None, snapshot=True, **MADE),
        draft(v1.RequestResend, 2, from_sequence=1, snapshot=False, **MADE),
    ]
)


@given(st.lists(st.tuples(ACTIONS, st.integers(1, 3)), max_size=8))
def test_whatever_is_asked_has_one_answer_and_numbers_without_gaps(
    asked: list[tuple[Action, int]],
) -> None:
    played = mailbox()
    for action, number in asked:
        action_id = uuid5(NAMESPACE_URL, f"{action.model_dump_json(exclude={'words'})}/{number}")
        answers = ask(played, action.model_copy(update={"action_id": action_id}))
        own = [one for one in answers if one.of == str(action_id)]
        assert sum(one.type.split(".")[2] == "action" for one in own) == 1
    numbers = [one.sequence for one in played.letter(LETTER).said]
    assert numbers == list(range(1, len(numbers) + 1))
