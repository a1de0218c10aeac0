"""Tables of the letters' results, by city and outcome."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from shared.kernel.calendars import Calendar
from shared.kernel.civil import ONE_DAY, civil_date

TRIAGE = "triage"
NONE = "·"
CITY, PROVINCE = "市公安局", "省厅"
OUTCOMES: Mapping[str, str] = {
    "resolved": "解决\nres.", "explained": "解释\nexpl.", "adopted": "采纳\nadopt",
    "referred": "转办\nref.", "declined": "不受\ndecl.", "withdrawn": "撤回\nwithd",
    "open": "未结\nopen",
}  # fmt: skip
"""Results of a letter, with the column heading of each."""
STANDINGS: Mapping[str, str] = {
    "in_time": "按期兑现 kept", "late": "逾期兑现 kept late", "broken": "未兑现 broken",
    "open": "进行中 running",
}  # fmt: skip

Json = Mapping[str, Any]


def by_city(letters: Sequence[Json], *, names: Mapping[str, str], calendar: Calendar) -> Table:
    """Return a table of outcomes and days to the reply, a row per bureau that last held letters."""
    rows: dict[str, list[Json]] = {}
    for letter in letters:
        rows.setdefault(str(letter.get("bureau") or TRIAGE), []).append(letter)
    title = f"各地与结果 by city and outcome: {', '.join(OUTCOMES)}; 中位工作日 median working days"
    table = Table(title=title, title_justify="left", box=SIMPLE, padding=0)
    table.add_column("局 bureau", no_wrap=True)
    for shown in ("来信\nall", *OUTCOMES.values(), "中位\ndays"):
        table.add_column(shown, justify="right")
    for slug, ours in sorted(rows.items(), key=lambda row: (-len(row[1]), row[0])):
        name = PROVINCE if slug == "province" else names.get(slug, "").removesuffix(CITY)
        table.add_row(f"{name} {slug}".strip(), *_cells(ours, calendar))
    table.add_section()
    table.add_row("合计 total", *_cells(letters, calendar))
    return table


def counts(letters: Sequence[Json], *, published: int, diverted: int, calendar: Calendar) -> Table:
    """Return a table of other counts; `diverted`: letters that stayed with the duty desk."""
    promises = Counter(one["standing"] for letter in letters for one in letter["promises"])
    kept = "\n".join(f"{shown} {promises[name]}" for name, shown in STANDINGS.items())
    table = Table(title="其他 and besides", title_justify="left", box=SIMPLE, show_header=False)
    table.add_column("")
    table.add_column("")
    table.add_row(
        "答复用工作日，中位数\nmedian working days to the reply", _days(letters, calendar)
    )
    table.add_row("承诺 commitments", kept)
    table.add_row("公开 published", str(published))
    table.add_row("省厅督办 supervised", str(sum(one["is_supervised"] for one in letters)))
    table.add_row("重新办理 reopened", str(sum(one["reopened"] for one in letters)))
    table.add_row("分流紧急警情\nemergencies diverted", str(diverted))
    return table


def working_days(letter: Json, calendar: Calendar) -> int | None:
    """Return the working days from the day of receipt (day zero) to the first reply, if any."""
    replies = letter.get("replies") or ()
    if not replies:
        return None
    first, last = (
        civil_date(datetime.fromisoformat(str(at)))
        for at in (letter["received_at"], replies[0]["replied_at"])
    )
    days = (first + number * ONE_DAY for number in range(1, (last - first).days + 1))
    return sum(map(calendar.is_working, days))


def outcome(letter: Json) -> str:
    """Return the letter's outcome, "withdrawn", or "open"."""
    if letter["state"] == "withdrawn":
        return "withdrawn"
    if letter["state"] not in ("closed", "declined"):
        return "open"
    reply = letter.get("reply") or {}
    return str(reply.get("outcome") or "declined")


def _cells(letters: Sequence[Json], calendar: Calendar) -> Iterable[str]:
    found = Counter(outcome(one) for one in letters)
    yield str(len(letters))
    for name in OUTCOMES:
        yield str(found[name]) if found[name] else NONE
    yield _days(letters, calendar)


def _days(letters: Iterable[Json], calendar: Calendar) -> str:
    found = [days for one in letters if (days := working_days(one, calendar)) is not None]
    return f"{median(found):g}" if found else NONE
