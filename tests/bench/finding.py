"""Invented letters and queries for the search benchmark.

The words of the vocabulary are as frequent as those of a language: few of them everywhere, most of
them rare (Zipf). The same serial gives the same letter.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services.router.domain.decide import decide
from services.router.domain.due_dates import Rulebook
from services.router.domain.evolve import evolve
from services.router.domain.letter import Letter, UnknownLetter
from services.router.domain.registration import ReceiveLetter
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import Place, Triage
from shared.contracts.vocabulary import Category
from shared.contracts.words import LetterText
from tests.bench import posts

NEWEST = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
"""When the newest letter was received: recently, as in operation."""
APART = timedelta(minutes=6)
"""Between two letters, which makes 20,000 those of twelve weeks."""
CATEGORIES: tuple[Category, ...] = ("request", "inquiry", "suggestion")
WORDS = 4_000
CHARACTERS = 60, 260
"""Length of a body; letters to such mailboxes have some 160 characters."""
CLERK, SUPERVISOR, HANDLER = "triage-lin", "supervisor-wu", "handler-gz"
ASKERS = (CLERK, SUPERVISOR, HANDLER)
"""Demo people who ask."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, its kind, and the person who sends it."""

    way: str
    who: str
    body: dict[str, Any]


def letter(serial: int, *, rulebook: Rulebook) -> Letter:
    """Letter number `serial` as the router keeps it; the higher, the older."""
    drawn, at = _drawn(serial), NEWEST - serial * APART
    words = LetterText(subject=_text(drawn, 12), body=_text(drawn, drawn.randint(*CHARACTERS)))
    submitted = LetterSubmitted(
        received_at=at,
        channel="web",
        lang="zh",
        category=drawn.choice(CATEGORIES),
        place=Place(city=posts.city(serial)),
        notice_version="1",
        text_sha256="0" * 64,
        triage=Triage(class_="accept"),
        words=words,
    )
    state: Any = UnknownLetter()
    for event in decide(ReceiveLetter(submitted, at=at), state, rulebook=rulebook):
        state = evolve(state, event)
    if not isinstance(state, Letter):
        raise TypeError("a received letter is a letter")
    return state


def questions(count: int, *, letters: int, rulebook: Rulebook) -> Iterator[Asked]:
    """The staff's queries, all kinds equally often, with results among `letters`."""
    drawn = _drawn(-1)
    for number in range(count):
        known = letter(drawn.randrange(letters), rulebook=rulebook)
        body = known.words.body if known.words else ""
        start = drawn.randrange(len(body) - 6)
        city, holder = known.place.city, known.holder
        yield from (
            Asked("word", CLERK, {"words": _VOCABULARY[drawn.randrange(50, WORDS)]}),
            Asked("phrase", CLERK, {"words": body[start : start + 5]}),
            Asked("common", CLERK, {"words": _VOCABULARY[number % 5]}),
            Asked("bureau", HANDLER, {"words": _VOCABULARY[number % 50]}),
            Asked("seldom", HANDLER, {"words": _VOCABULARY[drawn.randrange(50, WORDS)]}),
            Asked("codes", CLERK, {"city": city, "holder": holder, "state": "routed"}),
            Asked("newest", SUPERVISOR, {"category": known.category}),
        )


def words(number: int, *, letters: int) -> str:
    """A word that a handler looks for; every second one stands in a letter, the others may."""
    drawn = _drawn(-3 - number)
    return _VOCABULARY[number % 50 if number % 2 else drawn.randrange(50, min(WORDS, letters))]


def _text(drawn: random.Random, length: int) -> str:
    return "".join(drawn.choices(_VOCABULARY, _WEIGHTS, k=length))[:length]


def _drawn(serial: int) -> random.Random:
    return random.Random(serial)  # noqa: S311 - nothing secret hangs on it


def _vocabulary() -> list[str]:
    drawn, characters = _drawn(-2), [chr(code) for code in range(0x4E00, 0x6A00, 3)]
    return ["".join(drawn.choices(characters, k=drawn.choice((2, 2, 2, 3)))) for _ in range(WORDS)]


_VOCABULARY = _vocabulary()
_WEIGHTS = [1 / (rank + 3) for rank in range(WORDS)]
