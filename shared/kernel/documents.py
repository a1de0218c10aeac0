"""Identity documents: the form of their numbers, check characters, dates of birth and ages."""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

AgeGroup: TypeAlias = Literal["under_14", "14_to_17"]

FORMS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "resident_id": re.compile(r"[1-7]\d{16}[\dX]"),
        "passport": re.compile(r"(?=[A-Z0-9]*\d)[A-Z0-9]{5,15}"),
        "residence_permit": re.compile(r"8[123]0000\d{11}[\dX]"),
        "hong_kong_macao_permit": re.compile(r"[HM]\d{8}(?:\d{2})?"),
        "taiwan_permit": re.compile(r"\d{8}(?:\d{2}[A-Z]?)?"),
        "permanent_residence": re.compile(r"9\d{16}[\dX]|[A-Z]{3}\d{12}"),
    }
)
"""Numbers in capitals without separators.

Source: GB 11643-1999 (resident identity card); residence permits for Hong Kong, Macao and Taiwan
residents of 2018 (the same, with the codes 810000, 820000 and 830000); permits of card size, and of
the eleven places used before; permanent residence cards of 2023 (18 places, the first is 9) and
2017 (three letters, twelve digits). Passports have no common form; ICAO Doc 9303 allows letters and
digits.
"""
_CHECKED: Final = 18
"""Places of numbers whose last is a check character."""
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_SEPARATORS: Final = re.compile(r"[\s\-·.()（）]")
CHILD_UNTIL: Final = 14
ADULT_FROM: Final = 18
"""Years. Source: Personal Information Protection Law, article 31; Civil Code, article 17."""


def normal_number(number: str) -> str:
    """The number in capitals, of one width, without separators."""
    narrow = "".join(chr(ord(each) - 0xFEE0) if "！" <= each <= "～" else each for each in number)
    return _SEPARATORS.sub("", narrow).upper()


def is_valid(kind: str, number: str) -> bool:
    """Whether a document of that kind can have this normal number.

    Source: GB 11643-1999 (ISO 7064:1983, MOD 11-2) for the check character of 18 places.
    """
    if not FORMS[kind].fullmatch(number):
        return False
    if kind == "passport" or len(number) != _CHECKED:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[-1] and _born(number[6:14]) is not None


def born_on(kind: str, number: str) -> date | None:
    """The date of birth that the number holds; None if it holds none."""
    normal = normal_number(number)
    if kind in ("passport", "hong_kong_macao_permit", "taiwan_permit"):
        return None
    return _born(normal[6:14]) if len(normal) == _CHECKED else None


def age_on(born: date, today: date) -> int:
    """The age in whole years on that day; a birthday counts from its beginning."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def age_group(born: date | None, today: date) -> AgeGroup | None:
    """The group of a minor; None for adults and where the date of birth isn't known."""
    if born is None:
        return None
    age = age_on(born, today)
    if age < CHILD_UNTIL:
        return "under_14"
    return "14_to_17" if age < ADULT_FROM else None


def _born(digits: str) -> date | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born if born.year >= 1880 else None
