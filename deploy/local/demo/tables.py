"""Tables of a demo's results, from data read back from the services."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from deploy.local.demo.run import ANSWERED, DemoRun, seconds_to_reply
from shared.kernel.civil import GUANGDONG

TRIAGE = "triage"
NOBODY = "—"
SHOWN_MESSAGES = 5

Json = Mapping[str, Any]


def tables(
    run: DemoRun, *, names: Mapping[str, str], messages: Sequence[Json], public: Sequence[Json]
) -> list[RenderableType]:
    """Return all tables.

    `names`: bureau names by slug. `public`: the publications that anyone can read.
    """
    ours = [run.seen[number] for number in run.numbers.values() if number in run.seen]
    paths = set(run.published.values())
    read = [page for page in public if page["path"] in paths]
    return [
        by_bureau(ours, read, names=names),
        _counted("结果 by outcome", (_outcome(letter) for letter in ours)),
        _counted("状态 by state", (f"{_zh(letter)} {letter['state']}" for letter in ours)),
        _counted("评价 by rating", (_rating(letter) for letter in ours)),
        _done(run, ours),
        _times(run, ours),
        _received(messages),
    ]


def by_bureau(
    letters: Iterable[Json], public: Iterable[Json], *, names: Mapping[str, str]
) -> Table:
    """Return a table of what each bureau received, answered and published."""
    letters, published = list(letters), Counter(str(page.get("bureau")) for page in public)
    received = Counter(str(one.get("bureau") or TRIAGE) for one in letters)
    answered = Counter(str(one.get("bureau")) for one in letters if one["state"] in ANSWERED)
    table = _table(
        "各局 by bureau", "局 bureau", "收信 received", "答复 answered", "公开 published"
    )
    for slug, count in received.most_common():
        name = f"{names.get(slug, '')} {slug}".strip()
        table.add_row(name, str(count), str(answered[slug]), str(published[slug]))
    table.add_section()
    total = (received.total(), answered.total(), published.total())
    table.add_row("合计 total", *(str(each) for each in total))
    return table


def plain(run: DemoRun) -> str:
    """Return the progress in one line."""
    day = "" if run.at is None else f"{run.at.astimezone(GUANGDONG):%Y-%m-%d} · "
    return day + (
        f"寄出 posted {len(run.numbers)} · 转办 routed {run.routed()} · "
        f"答复 answered {run.count(ANSWERED)} · 评价 rated {run.rated()} · "
        f"公开 published {len(run.published)}"
    )


ACTS = {
    "route": "分拣转办 routed by the clerk",
    "sign": "领导签发 signed by chiefs",
    "send_back": "退回修改 sent back by chiefs",
    "read": "亲自阅信 read in person",
    "instruct": "领导批示 instructions",
    "supervise": "省厅督办 supervised",
    "decide_extension": "延期审批 extensions decided",
}
"""Labels of the staff's actions, by route."""
HAPPENED = {
    "questions": "向来信人提问 questions asked",
    "promises": "承诺事项 commitments",
    "extensions": "获准延期 extensions granted",
}
"""Labels of what a writer sees, by the field that holds it."""


def _done(run: DemoRun, letters: Sequence[Json]) -> Table:
    """Return a table of what staff and bureaus did on the way."""
    table = _table("办理过程 on the way", "", "")
    for route, meaning in ACTS.items():
        table.add_row(meaning, str(run.acts[route]))
    for place, meaning in HAPPENED.items():
        table.add_row(meaning, str(sum(len(one.get(place, ())) for one in letters)))
    table.add_row("重新办理 reopened", str(sum(one.get("reopened", 0) for one in letters)))
    return table


def _times(run: DemoRun, letters: Sequence[Json]) -> Table:
    table = _table("用时 how long it took", "", "")
    if run.submitted and run.submit_s:
        table.add_row("寄信 letters a second", f"{run.submitted / run.submit_s:.1f}")
    found = [seconds for one in letters if (seconds := seconds_to_reply(one)) is not None]
    if len(found) > 1:
        table.add_row("来信到答复，中位 to the reply, median", f"{median(found):.1f} s")
        table.add_row("来信到答复，95% to the reply, p95", f"{quantiles(found, n=20)[-1]:.1f} s")
    if run.refused:
        table.add_row("未收下 not taken in", str(len(run.refused)))
    if run.waiting:
        table.add_row("在分拣处等待 waiting in triage", str(len(run.waiting)))
    return table


def _received(messages: Sequence[Json]) -> Table:
    """Return a table of the latest messages to the writer who got most."""
    of_writers = [one for one in messages if one["channel"] != "staff"]
    busiest = Counter(str(one["to"]) for one in of_writers).most_common(1)
    if not busiest:
        return _table("消息 no messages yet", "")
    to, count = busiest[0]
    table = _table(
        f"{to} 收到 {count} 条消息，最近几条 the latest of {count} messages", "文字 text"
    )
    for message in [one for one in of_writers if one["to"] == to][:SHOWN_MESSAGES]:
        table.add_row(str(message["text"]))
    return table


def _counted(title: str, values: Iterable[str]) -> Table:
    table = _table(title, "", "")
    for value, count in Counter(values).most_common():
        table.add_row(value, str(count))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", show_header=any(columns))
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    return table


def _outcome(letter: Json) -> str:
    """Return the reply's outcome, or the reason of a refusal."""
    reply = letter.get("reply")
    if not reply:
        return NOBODY
    return str(reply["outcome"] or f"declined: {reply['decline_reason']}")


def _zh(letter: Json) -> str:
    return str(letter.get("state_zh", ""))


def _rating(letter: Json) -> str:
    asked = [one for one in letter.get("requests", ()) if "rating" in str(one["kind"])]
    return f"{asked[-1]['status']}" if asked else f"{NOBODY} not rated"
