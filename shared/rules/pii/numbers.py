"""Spans of numbers that identify a person, whoever it is.

Patterns match a text with ASCII digits, `-` for anything written between digits, and no invisible
characters (`lined`). Doubtful matches are marked.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Final, NamedTuple

from shared.contracts.vocabulary import CopyPart, OwnValue
from shared.contracts.words import PublicText
from shared.rules.pii.folded import SEPARATOR, Folded, lined
from shared.rules.pii.spans import OwnSpan, apart

KINDS: Final[frozenset[OwnValue]] = frozenset(
    {"id_number", "phone", "bank_card", "plate", "travel_doc"}
)
HIDDEN_IN: Final[Mapping[CopyPart, frozenset[OwnValue]]] = {
    "title": KINDS,
    "text": KINDS,
    "reply": KINDS - {"phone"},
}
"""Kinds hidden from the public per part; a bureau's reply may give a phone number."""

MOST_CHECKED: Final = 500
"""Candidates that are verified; further ones are marked unverified, which bounds the cost."""

_S: Final = "-{0,4}"
_LEAST: Final = 10
"""Digits of the shortest number that is recognised without a word before it: `010 2345678`."""
_RUN: Final = re.compile(rf"\d(?:{_S}\d){{{_LEAST - 1},}}")
"""Digits with separators between them: every number is within one of these."""
_BEFORE: Final = 5
_AFTER: Final = 6
"""Characters around a run that a number may begin and end with: `+----` and `----x`, and the next
character."""
_FIRST: Final = r"(?<!\d)"
_LAST: Final = r"(?!\d)"
_CHINA: Final = rf"(?:(?:\+|0{_S}0)?{_S}8{_S}6{_S})?"
_LOCAL: Final = rf"[2-9]\d{{2}}(?:\d{_S}\d{{3}}\d?|{_S}\d{{4}})"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10x98765432"


class _Pattern(NamedTuple):
    """How a kind of number is written; the group `it` is the number."""

    what: OwnValue
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = bool
    """Whether the match, without separators, really is such a number."""
    least: int = 0
    """Digits that it has at least, in one run of `_LEAST` or more; 0: searched everywhere."""

    def matches(self, text: str, runs: Iterable[tuple[int, int, int]]) -> Iterator[re.Match[str]]:
        """The matches in `text`; `runs`: start, end and number of digits of each."""
        if not self.least:
            return self.pattern.finditer(text)
        return chain.from_iterable(
            self.pattern.finditer(text, max(0, start - _BEFORE), end + _AFTER)
            for start, end, digits in runs
            if digits >= self.least
        )


def numbers_of_anyone(text: str, *, kinds: Collection[str] = KINDS) -> tuple[OwnSpan, ...]:
    """The spans of numbers of `kinds` in `text`, sorted and disjoint, in code points.

    Finds phones with and without country code, landlines with area code, ID numbers of 18 and 15
    places, bank cards and plates; phones without area code and travel documents after a word that
    names them.
    """
    return numbers_in(lined(text), kinds=kinds)


def numbers_in(folded: Folded, *, kinds: Collection[str] = KINDS) -> tuple[OwnSpan, ...]:
    """The same of a text that was folded by `lined`."""
    return apart(span for span in _found(folded) if span.what in kinds)


def exposed_parts(words: PublicText) -> Iterator[CopyPart]:
    """The parts of a publication with a number that the public may not read."""
    parts: dict[CopyPart, str] = {"title": words.title, "text": words.text, "reply": words.reply}
    for part, text in parts.items():
        if numbers_of_anyone(text, kinds=HIDDEN_IN[part]):
            yield part


def _found(folded: Folded) -> Iterator[OwnSpan]:
    checked = 0
    runs = [
        (*run.span(), len(run[0]) - run[0].count(SEPARATOR)) for run in _RUN.finditer(folded.text)
    ]
    for pattern in _PATTERNS:
        for found in pattern.matches(folded.text, runs):
            start, end = found.span("it")
            checked += pattern.holds is not bool
            if checked > MOST_CHECKED or pattern.holds(found["it"].replace(SEPARATOR, "")):
                yield OwnSpan(*folded.place_with_hidden(start, end), pattern.what)


def _digits(least: int, most: int | None = None) -> str:
    """A pattern of that many digits, with separators between them."""
    return rf"\d(?:{_S}\d){{{least - 1},{(most or least) - 1}}}"


def _anywhere(number: str) -> re.Pattern[str]:
    """A pattern of a number that no other digit touches; matches may overlap."""
    return re.compile(rf"{_FIRST}(?=(?P<it>{number}){_LAST})")


def _after(words: str, number: str) -> re.Pattern[str]:
    """A pattern of a number after a word that names it, at most eight characters later."""
    return re.compile(rf"(?:{words})[^\da-z]{{0,8}}(?P<it>{number})(?![\da-z])")


def _is_id_number(digits: str) -> bool:
    """Whether 18 places contain a date of birth, or the right check digit. Source: GB 11643."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _is_date(digits[6:14]) or _CHECKS[total % 11] == digits[17]


def _is_old_id_number(digits: str) -> bool:
    """Whether 15 digits contain a province and a date of birth in the last century."""
    return "11" <= digits[:2] <= "82" and _is_date(f"19{digits[6:12]}")


def _is_date(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1880 <= born.year < 2100


def _has_check_digit(digits: str) -> bool:
    """Whether the last digit is right. Source: ISO/IEC 7812-1, annex B (Luhn)."""
    twice = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(twice)) % 10 == 0


_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PHONE_WORDS: Final = "电话|手机|座机|联系方式|传真|tel|phone|mobile|fax"
_CARD_WORDS: Final = "卡号|银行卡|储蓄卡|信用卡|工资卡|账号|账户|帐号|帐户|card|account"
_ISSUER: Final = rf"[45]|3{_S}5|6{_S}[0-25]"
_DOCUMENT_WORDS: Final = (
    "护照|通行证|回乡证|台胞证|居留(?:身份)?证|居留卡|证件号?|passport|permit|residence-?card"
)
_NUMBER_IS: Final = r"(?:号码?|number|num|no|is|was|是|为|-){0,8}"
_DOCUMENT: Final = rf"[a-z](?:{_S}[a-z]){{0,2}}(?:{_S}\d){{6,12}}"
_PATTERNS: Final[tuple[_Pattern, ...]] = (
    _Pattern("id_number", _anywhere(r"\d{17}[\dx]"), least=17),
    _Pattern("id_number", _anywhere(rf"{_digits(17)}{_S}[\dx]"), _is_id_number, least=17),
    _Pattern("id_number", _anywhere(_digits(15)), _is_old_id_number, least=15),
    _Pattern("phone", _anywhere(rf"{_CHINA}(?:0{_S})?1{_S}[3-9](?:{_S}\d){{9}}"), least=11),
    _Pattern("phone", _anywhere(rf"{_CHINA}0(?:10|2\d|[3-9]\d\d){_S}{_LOCAL}"), least=_LEAST),
    _Pattern("phone", re.compile(rf"(?P<it>\+{_S}{_digits(8, 15)}){_LAST}")),
    _Pattern("phone", _after(_PHONE_WORDS, _LOCAL)),
    _Pattern("bank_card", _anywhere(rf"(?=3{_S}[47]){_digits(15)}"), _has_check_digit, least=15),
    *(
        _Pattern(
            "bank_card",
            _anywhere(rf"(?={_ISSUER}){_digits(places)}"),
            _has_check_digit,
            least=places,
        )
        for places in range(16, 20)
    ),
    _Pattern("bank_card", _after(_CARD_WORDS, _digits(12, 19))),
    _Pattern(
        "plate",
        re.compile(
            rf"(?P<it>[{_PROVINCES}]{_S}[a-z]{_S}(?=(?:[a-z\d]{_S}){{0,3}}\d)"
            rf"[a-z\d](?:{_S}[a-z\d]){{3,4}}(?:{_S}[a-z\d挂学警港澳使领])?)(?![a-z\d])"
        ),
        lambda plate: sum(map(str.isdigit, plate)) >= 3,
    ),
    _Pattern("travel_doc", _after(rf"(?:{_DOCUMENT_WORDS}){_NUMBER_IS}", _DOCUMENT)),
    _Pattern("travel_doc", _after(rf"(?:台胞证|台湾居民|mtp){_NUMBER_IS}", _digits(8))),
)
