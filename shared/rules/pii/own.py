"""Spans of a writer's own personal data in a text.

Both sides are folded before they are compared: only letters and digits remain, in one width, case
and script, without accents, and in numbers and addresses Chinese digits become digits. So
`１５４-3947 8548` is the phone 15439478548. Time is linear in the text's length: folding, then
substring search.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, get_args

from shared.contracts.vocabulary import OwnValue
from shared.rules.pii.folded import Folded, folded_character, letters_and_digits
from shared.rules.pii.spans import OwnSpan, apart

SHORTEST: Final = 2
"""Shorter folded values are not searched: one letter would hide the whole text."""

_NUMERIC: Final = frozenset({"phone", "id_number", "address", "bank_card", "travel_doc"})
_COUNTRY: Final = ("0086", "86")
_MOBILE: Final = 11
_ID_NUMBER: Final = 18


def own_spans(body: str, *values: Mapping[str, str]) -> tuple[OwnSpan, ...]:
    """The spans of `values` in `body`: sorted and disjoint, in code points.

    The values of each mapping are searched together. A value that is blank or folds to a single
    character is not searched. A name in Latin letters is found only as whole words. Raises:
    ValueError, for an unknown kind of value.
    """
    text = letters_and_digits(body)
    return apart(span for together in values for span in _spans(body, text, together))


def _spans(body: str, text: Folded, values: Mapping[str, str]) -> tuple[OwnSpan, ...]:
    covered: list[OwnSpan] = []
    for what in get_args(OwnValue):
        if what != "name" and what in values:
            for needle in _needles(what, values[what]):
                covered += _found(text, needle, what)
    if unknown := set(values) - set(get_args(OwnValue)):
        raise ValueError(f"unknown kinds of own values: {sorted(unknown)}")
    names = _names(body, text, _needle("name", values.get("name", "")), taken=covered)
    return apart([*covered, *names])


def _needles(what: str, value: str) -> Iterator[str]:
    """The texts to search for; for an ID number also the 15-digit form used until 1999."""
    folded = _needle(what, value)
    yield folded
    if what == "id_number" and len(folded) == _ID_NUMBER:
        yield folded[:6] + folded[8:17]


def _needle(what: str, value: str) -> str:
    text = letters_and_digits(value)
    folded = text.digits if what in _NUMERIC else text.text
    if what == "phone":
        for code in _COUNTRY:
            if folded.startswith(code) and len(folded) == len(code) + _MOBILE:
                return folded.removeprefix(code)
    return folded


def _found(text: Folded, needle: str, what: OwnValue) -> Iterator[OwnSpan]:
    if len(needle) < SHORTEST:
        return
    searched = text.digits if what in _NUMERIC else text.text
    at = searched.find(needle)
    while at >= 0:
        end = at + len(needle)
        yield OwnSpan(*text.place(at, end), what)
        at = searched.find(needle, end)


def _names(body: str, text: Folded, needle: str, *, taken: Iterable[OwnSpan]) -> Iterator[OwnSpan]:
    """Like `_found`, but adjacent Latin letters make the name part of another word."""
    if len(needle) < SHORTEST:
        return
    covered = {place for span in taken for place in range(span.start, span.end)}
    at = text.text.find(needle)
    while at >= 0:
        end = at + len(needle)
        span = OwnSpan(*text.place(at, end), "name")
        beside = [(span.start, span.start - 1), (span.end - 1, span.end)]
        if any(_one_word(body, pair) and pair[1] not in covered for pair in beside):
            at = text.text.find(needle, at + 1)
        else:
            yield span
            at = text.text.find(needle, end)


def _one_word(body: str, pair: tuple[int, int]) -> bool:
    return all(0 <= place < len(body) and _is_latin(body[place]) for place in pair)


def _is_latin(character: str) -> bool:
    folded = folded_character(character)
    return bool(folded) and folded.isascii() and folded.isalpha()
