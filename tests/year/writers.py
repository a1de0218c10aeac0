"""Writers: they send letters, answer, add, rate, reopen, appeal, and take letters back."""

from typing import Any

from services.intake.domain.contact import ChangeContact
from services.intake.domain.publication_copy import ChangeConsent
from services.intake.domain.writer_requests import (
    RequestAppeal,
    RequestReopening,
    RequestWithdrawal,
    SubmitAddition,
    SubmitAnswer,
    SubmitRating,
)
from shared.contracts.progress_v1 import LetterDeclined, LetterReceived, LetterReplied, WriterAsked
from shared.contracts.slugs import CITIES
from shared.contracts.values import About, Place
from shared.contracts.vocabulary import Category
from shared.contracts.words import Comment, Contact, WriterText
from tests.intake.story import IDENTITY, PHONE, SECOND_PHONE, submit
from tests.year.days import midnight_after
from tests.year.street import Card, Reactions, Street, any_time, later

CATEGORIES: tuple[Category, ...] = (
    "inquiry",
    "request",
    "request",
    "suggestion",
    "complaint",
    "report",
    "thanks",
)


async def write(street: Street, card: Card) -> None:
    """A writer sends a letter."""
    lot = card.lot
    city = lot.choice(CITIES) if lot.random() < 0.85 else None
    over: dict[str, Any] = {
        "received_at": street.now,
        "category": card.category,
        "place": Place(city=city),
        "consent_to_publish": card.consents,
        "contact": Contact(phone=PHONE),
        "lang": "en" if lot.random() < 0.05 else "zh",
    }
    if card.category == "complaint" and lot.random() < 0.4:
        over["about"] = About(kind="bureau", bureau=lot.choice(CITIES))
    if lot.random() < 0.05:
        over["addressed_to"] = "province"
    assert await street.tell("intake", card, submit(card.owner, **over))


async def _asks(street: Street, card: Card, kind: Any, **fields: Any) -> None:
    """The writer requests something, whatever has become of the letter meanwhile."""
    number = f"r-{street.refusals.total()}-{card.sequence}-{card.lot.getrandbits(32):08x}"
    await street.tell("intake", card, kind(card.owner, number, **fields))


def _soon(street: Street, card: Card, days: float, kind: Any, **fields: Any) -> None:
    async def ask() -> None:
        await _asks(street, card, kind, **fields)

    street.plan(any_time(street.now, card.lot, days), ask)


def _received(street: Street, card: Card, _: LetterReceived) -> None:
    """Some write once more before they have an answer, or want none any more."""
    lot = card.lot
    if lot.random() < 0.08:
        _soon(street, card, 20, SubmitAddition, words=_words("还有一事。"))
    if lot.random() < 0.03:
        _soon(street, card, 15, RequestWithdrawal, reason="settled")
    if lot.random() < 0.02:
        change = ChangeContact(card.owner, Contact(phone=SECOND_PHONE), IDENTITY)
        street.plan(any_time(street.now, lot, 30), later(street.tell, "intake", card, change))


def _asked(street: Street, card: Card, fact: WriterAsked) -> None:
    """Most answer in time, some late, some never."""
    chance = card.lot.random()
    answer: dict[str, Any] = {"question": fact.question, "words": _words("村口那盏。")}
    if chance < 0.1:
        _soon(street, card, 0.3, SubmitAnswer, **answer)
    elif chance < 0.65:
        _soon(street, card, 6, SubmitAnswer, **answer)
    elif chance < 0.75:
        late = later(_asks_so, street, card, answer)
        street.plan(any_time(midnight_after(fact.answer_by), card.lot, 3), late)


async def _asks_so(street: Street, card: Card, answer: dict[str, Any]) -> None:
    await _asks(street, card, SubmitAnswer, **answer)


def _replied(street: Street, card: Card, fact: LetterReplied) -> None:
    """Half are content, a third don't react, the others want another answer."""
    lot, chance = card.lot, card.lot.random()
    comment = Comment(text="谢谢。")
    if chance < 0.45:
        _soon(street, card, 20, SubmitRating, solved=True, score=5, words=comment)
    elif chance < 0.6:
        _soon(street, card, 10, SubmitRating, solved=False, score=2, words=None)
    if 0.5 < chance < 0.68:
        _soon(street, card, 33, RequestReopening, words=_words("还没有解决。"))
    if fact.outcome == "malicious":
        _soon(street, card, 10, RequestAppeal, words=_words("并非如此。"))
    if lot.random() < 0.02:
        change = ChangeConsent(card.owner, not card.consents)
        street.plan(any_time(street.now, lot, 40), later(street.tell, "intake", card, change))


def _declined(street: Street, card: Card, _: LetterDeclined) -> None:
    """Every third appeals, some of them too late or once too often."""
    if card.lot.random() < 0.35:
        _soon(street, card, 35, RequestAppeal, words=_words("请再看一次。"))


def _words(text: str) -> WriterText:
    return WriterText(text=text)


REACTIONS: Reactions = {
    LetterReceived: _received,
    WriterAsked: _asked,
    LetterReplied: _replied,
    LetterDeclined: _declined,
}
