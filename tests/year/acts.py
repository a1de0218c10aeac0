"""Actions of bureaus on their own topics, valid and invalid."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from shared.contracts import actions_v1 as actions
from shared.contracts.event import Action
from shared.contracts.progress_v1 import LetterReopened
from shared.contracts.slugs import BUREAUS, CITIES, Bureau
from shared.contracts.topics import actions_of
from shared.contracts.values import Promise
from shared.contracts.words import Note, Reason, ReplyText
from tests.support.sealed_shell import sealed_record
from tests.year.days import DAY, day_of
from tests.year.street import Card, Street

SLUGS: Mapping[str, Bureau] = {slug: slug for slug in BUREAUS}


def act(street: Street, card: Card, kind: type[Action], **fields: Any) -> None:
    """The bureau asks for that on its own topic."""
    _send(street, card, _made(street, card, kind, **fields), card.holder)


def _made(street: Street, card: Card, kind: type[Action], **fields: Any) -> Action:
    common: dict[str, Any] = {
        "action_id": UUID(int=card.lot.getrandbits(128), version=4),
        "assignment": max(1, card.assignment),
        "made_at": street.now,
        "staff": f"{card.holder}-17",
    }
    return kind(**(common | fields))


def _send(street: Street, card: Card, action: Action, bureau: str) -> None:
    if bureau not in SLUGS:
        return
    topic = actions_of(SLUGS[bureau]).name
    record = sealed_record(action, topic=topic, letter=card.number, at=street.now)
    for _ in range(2 if card.lot.random() < 0.01 else 1):
        while street.town.broker.append(record) is not None:
            continue


def _return(street: Street, card: Card) -> None:
    suggestion = card.lot.choice(CITIES) if card.lot.random() < 0.6 else None
    act(street, card, actions.Return, reason="other_place", suggestion=suggestion, words=NOTE)


def _decline(street: Street, card: Card) -> None:
    said = ReplyText(text="请向人民法院提出。")
    why: dict[str, Any] = {"decline_reason": "court_or_arbitration", "where_to_turn": "court"}
    act(street, card, actions.Decline, words=said, **why)


def _pass_on(street: Street, card: Card) -> None:
    act(street, card, actions.PassOn, unit="u-1", police_type="traffic")


def _note(street: Street, card: Card) -> None:
    act(street, card, actions.Note, words=Note(text="已联系派出所。" * card.lot.choice((1, 1, 40))))


def _ask(street: Street, card: Card) -> None:
    act(street, card, actions.Ask, words=Note(text="请说明具体位置。"))


def _extend(street: Street, card: Card) -> None:
    clock = "reopened_reply" if card.facts[LetterReopened] else "reply"
    days, words = card.lot.randrange(1, 4), Reason(text="需要现场核实。")
    act(
        street,
        card,
        actions.RequestExtension,
        clock=clock,
        days=days,
        reason="complex",
        words=words,
    )


def _reply(street: Street, card: Card) -> None:
    lot = card.lot
    over: dict[str, Any] = {"outcome": "explained", "words": ReplyText(text="路灯已修复。")}
    if lot.random() < 0.2:
        due_on = day_of(street.now) + DAY * lot.randrange(0, 90)
        over["commitments"] = (Promise(due_on=due_on, words=Note(text="换新灯")),)
    if lot.random() < 0.02:
        over |= {"outcome": "malicious", "finding": "invented", "referred_to": "110"}
    over["publication_proposed"] = card.consents and lot.random() < 0.3
    act(street, card, actions.Reply, **over)


ACTS: dict[str, Callable[[Street, Card], None]] = {
    "accept": lambda street, card: act(street, card, actions.Accept),
    "return": _return,
    "decline": _decline,
    "pass_on": _pass_on,
    "unit_accept": lambda street, card: act(street, card, actions.UnitAccept, unit="u-1"),
    "note": _note,
    "ask": _ask,
    "extend": _extend,
    "reply": _reply,
}
NOTE = Note(text="不属本地管辖。")


def err(street: Street, card: Card) -> None:
    """Something that no bureau may ask for, or not so."""
    lot = card.lot
    chance = lot.random()
    if chance < 0.3:
        _send(street, card, _made(street, card, actions.Accept, assignment=99), card.holder)
    elif chance < 0.6:
        other: Bureau = lot.choice([one for one in CITIES if one != card.holder])
        _send(street, card, _made(street, card, actions.Accept), other)
    else:
        act(street, card, actions.Reply, outcome="unfounded", words=ReplyText(text="不实。"))
