"""Filters of templates: dates, times, numbers and durations as people write them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

from shared.kernel.working_days import GUANGDONG, civil_date
from shared.platform.runtime.clock import Now
from shared.web.language import N_, Lang, Message, Words
from shared.web.vocabulary import NAMES, label

_LOCALES: Mapping[Lang, str] = {"zh-CN": "zh_CN", "en": "en_GB"}
_DAY: Mapping[Lang, str] = {"zh-CN": "M月d日", "en": "d MMM"}
_DAY_AND_YEAR: Mapping[Lang, str] = {"zh-CN": "y年M月d日", "en": "d MMM y"}
_WITH_WEEKDAY: Mapping[Lang, str] = {"zh-CN": "{}（EEEE）", "en": "EEEE {}"}
_WITH_TIME: Mapping[Lang, str] = {"zh-CN": "{} HH:mm", "en": "{}, HH:mm"}
_ENOUGH_CHINESE = 0.1
"""Share of Chinese among the letters of a text, from which on it is read as Chinese."""


@dataclass(frozen=True, slots=True)
class Formats:
    """The filters of one language; the year is shown unless it is the current one."""

    words: Words
    now: Now

    @property
    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Each filter by its name in templates."""
        return {
            "said": self.said,
            "label": self.label,
            "listed": self.listed,
            "day": self.day,
            "full_day": self.full_day,
            "day_with_weekday": self.day_with_weekday,
            "day_time": self.day_time,
            "number": self.number,
            "age": self.age,
            "lang_of": lang_of,
        }

    def said(self, text: object) -> object:
        """A message of ours with its values: names, days and instants among them as usual."""
        if not isinstance(text, Message):
            return self.words.said(text)
        values = {name: self._value(value) for name, value in text.values.items()}
        return self.words.gettext(str(text)) % values

    def _value(self, value: object) -> object:
        if isinstance(value, datetime):
            return self.day_time(value)
        return self.day(value) if isinstance(value, date) else self.said(value)

    def label(self, code: str, kind: str) -> str:
        """The name of a code."""
        return str(self.words.said(label(kind, code)))

    def listed(self, items: Iterable[object], kind: str | None = None) -> str:
        """Texts in one line, such as 投诉、举报和建议; with a kind, the names of these codes."""
        names = NAMES[kind]() if kind else {}
        texts = [str(self.said(names[str(one)] if kind else one)) for one in items]
        joined = format_list(texts, locale=self._locale)
        return joined[:1].upper() + joined[1:] if kind else joined

    def day(self, at: date | datetime) -> str:
        """A civil date in Guangdong, such as 11月28日 or 28 Nov."""
        return format_date(_civil(at), self._day_pattern(at), self._locale)

    def full_day(self, at: date | datetime) -> str:
        """The civil date with its year."""
        return format_date(_civil(at), _DAY_AND_YEAR[self.words.lang], self._locale)

    def day_with_weekday(self, at: date | datetime) -> str:
        """Such as 11月28日（星期六） or Saturday 28 Nov."""
        pattern = _WITH_WEEKDAY[self.words.lang].format(self._day_pattern(at))
        return format_date(_civil(at), pattern, self._locale)

    def day_time(self, at: datetime) -> str:
        """Such as 11月28日 11:03 or 28 Nov, 11:03, in Guangdong."""
        pattern = _WITH_TIME[self.words.lang].format(self._day_pattern(at))
        return format_datetime(at.astimezone(GUANGDONG), pattern, locale=self._locale)

    def number(self, number: float) -> str:
        """With separators of thousands."""
        return format_decimal(number, locale=self._locale)

    def age(self, seconds: float) -> str:
        """The two largest units of a duration."""
        minutes, rest = divmod(max(int(seconds), 0), 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        if days:
            text = N_("%(days)s d %(hours)s h")
        elif hours:
            text = N_("%(hours)s h %(minutes)s min")
        elif minutes:
            text = N_("%(minutes)s min")
        else:
            text = N_("%(seconds)s s")
        values = {"days": days, "hours": hours, "minutes": minutes, "seconds": rest}
        return self.words.gettext(text) % values

    @property
    def _locale(self) -> str:
        return _LOCALES[self.words.lang]

    def _day_pattern(self, at: date | datetime) -> str:
        is_this_year = _civil(at).year == civil_date(self.now()).year
        return (_DAY if is_this_year else _DAY_AND_YEAR)[self.words.lang]


def lang_of(text: str) -> str:
    """The language to mark a text with, by its script: `zh-CN` or `en`."""
    letters = [char for char in text[:2_000] if char.isalpha()]
    chinese = sum(bool(_CHINESE.match(char)) for char in letters)
    return "en" if letters and chinese < _ENOUGH_CHINESE * len(letters) else "zh-CN"


_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003134f]")


def _civil(at: date | datetime) -> date:
    return civil_date(at) if isinstance(at, datetime) else at
