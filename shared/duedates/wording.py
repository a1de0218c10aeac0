"""Names of days and reasons in receipts, in Chinese and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.kernel.receipts import CountedDay

WEEKDAYS: Final = (
    "周一 Mon",
    "周二 Tue",
    "周三 Wed",
    "周四 Thu",
    "周五 Fri",
    "周六 Sat",
    "周日 Sun",
)
ZERO: Final = "收件日不计入 day of receipt, day zero"
PROVISIONAL: Final = "放假安排未公布，暂定 not announced yet, provisional"
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "weekend": "周末 weekend",
        "new_year": "元旦 New Year",
        "spring_festival": "春节 Spring Festival",
        "qingming": "清明节 Qingming",
        "labour_day": "劳动节 Labour Day",
        "dragon_boat": "端午节 Dragon Boat",
        "mid_autumn": "中秋节 Mid-Autumn",
        "national_day": "国庆节 National Day",
        "make_up_workday": "调休上班 make-up workday",
        "supplement": "等待写信人补充材料 waits for the writer at 24:00",
    }
)


def note(entry: CountedDay, *, number: int, is_certain: bool) -> str:
    """One line about one day; `number`: its number among the counted days, or 0.

    A reason from an office's overrides is shown by its name; a day is certain if no notice can
    still change it.
    """
    weekday = WEEKDAYS[entry.day.weekday()]
    if entry.kind == "zero":
        return f"{weekday}，{ZERO}"
    parts = [weekday]
    if entry.kind == "counted":
        parts.append(f"第{number}日 day {number}")
    if entry.reason:
        parts.append(REASONS.get(entry.reason, entry.reason))
    if not is_certain:
        parts.append(PROVISIONAL)
    return "，".join(parts)
