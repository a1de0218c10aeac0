"""Which letters does somebody of the staff look for, and does this one fit? Pure.

Only what the bureau of a masked letter may read is searched, whoever asks: the writer's own values
are cut out, and so are long numbers, so that no search looks people up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.router.domain.letter import Letter
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.vocabulary import Category, State
from shared.contracts.words import LetterText, Span
from shared.kernel.access_policy import Sight
from shared.rules.text.normalise import normal

SEARCHED: Final = 400
"""Characters of the body, from its beginning; of the subject all."""
COMPARED: Final = 4_000
"""Characters of a body by which letters are held beside each other."""
_NUMBER: Final = re.compile(r"\d{7,}x?")
_OTHER: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None: anything. Instants are UTC."""

    terms: tuple[str, ...] = ()
    """All of them stand in the letter, in one spelling (`shared.rules.text.search_grams`)."""
    holder: Holder | None = None
    state: State | None = None
    category: Category | None = None
    city: Bureau | None = None
    district: str | None = None
    due_by: datetime | None = None
    """When the first of its clocks passes, or before."""
    received_from: datetime | None = None
    received_before: datetime | None = None

    @property
    def asks_of_now(self) -> bool:
        """Whether something is asked that a former holder isn't told."""
        return any((self.holder, self.state, self.category, self.due_by))

    def fits(self, letter: Letter, *, sight: Sight) -> bool:
        """Whether it is such a letter, as far as somebody with this sight of it may know."""
        if (self.asks_of_now and sight == "past") or (self.terms and sight == "course"):
            return False
        return self._is_so(letter) and self._came_then(letter) and self._says_so(letter)

    def _is_so(self, letter: Letter) -> bool:
        due = letter.due_at
        return (
            self.holder in (None, letter.holder)
            and self.state in (None, letter.state)
            and self.category in (None, letter.category)
            and self.city in (None, letter.place.city)
            and self.district in (None, letter.place.district)
            and (self.due_by is None or (due is not None and due <= self.due_by))
        )

    def _came_then(self, letter: Letter) -> bool:
        start, end = self.received_from, self.received_before
        at = letter.received_at
        return (start is None or start <= at) and (end is None or at < end)

    def _says_so(self, letter: Letter) -> bool:
        if not self.terms:
            return True
        text = searched(letter)
        return all(term in text for term in self.terms)


def searched(letter: Letter) -> str:
    """What of the letter is searched, in one spelling; nothing once its words were erased."""
    return _read(letter, most=SEARCHED)


def compared(letter: Letter) -> str:
    """By what the letter is held beside others, in one spelling and without marks of writing."""
    return _OTHER.sub("", _read(letter, most=COMPARED))


def _read(letter: Letter, *, most: int) -> str:
    words = letter.words
    return _NUMBER.sub("\n", normal("\n".join(_parts(words, most)))) if words else ""


def _parts(words: LetterText, most: int) -> Iterator[str]:
    yield from _between(words.subject, words.subject_spans)
    yield from _between(words.body[:most], words.own_spans)


def _between(text: str, spans: tuple[Span, ...]) -> Iterator[str]:
    """What stands between the writer's own values, which may reach beyond where it was cut."""
    position = 0
    for span in spans:
        yield text[position : span.start]
        position = span.end
    yield text[position:]
