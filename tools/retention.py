"""The page of retention periods: writes `docs/retention.md`, or checks it.

`python -m tools.retention write` regenerates it from `shared/data/retention.yaml`; `check` reports
whether it differs.
"""

import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from shared.kernel.retention import WORDS_REST, ErasedBy, RetentionRow
from shared.platform.runtime import data_files

PAGE = Path(__file__).parent.parent / "docs" / "retention.md"
_SINCE: Mapping[str, str] = {
    "ended": "结束 · its end",
    "resolved": "处置完毕 · the desk's outcome",
    "received": "收到 · receipt",
    "written": "写入 · writing",
    "last_change": "最后修改 · the last change",
    "last_use": "最后使用 · the last use",
    "sign_in": "登录 · sign-in",
    "refused": "被拒 · the refusal",
    "published": "公开 · publication",
    "replaced": "被取代 · replacement",
}
_ERASED_BY: Mapping[ErasedBy, str] = {
    "loop": "删除任务 · the erasing loop",
    "ttl_index": "数据库到期索引 · an index of the database",
    "broker": "Kafka · the broker",
    "service": "本服务 · the service itself",
    "operator": "运维或其负责人 · the operator",
    "nobody": "不删除 · nobody",
}
_SET_BY: Mapping[str, str] = {
    "law": "法规 · law",
    "practice": "惯例 · practice",
    "design": "设计 · design",
}
_ABOVE = f"""# How long everything is kept · 保存期限

Made by `python -m tools.retention write` from `shared/data/retention.yaml`; don't edit. 由数据文件生成，请勿直接修改。

Every kind of data has a row: how long it is kept, from when, by which rule, who erases it, and from when a letter's writer may ask for it earlier. No law was found that
sets a period for a mailbox like this one. The rows marked *practice* and *design* are proposals: compare them with your office's archive rules before you take in real letters,
and give your own table with `MAILBOX_INTAKE_RETENTION_FILE`.

未见法规对此类信箱规定具体保存期限；标为“惯例”“设计”的各行为建议值，启用前请对照本单位档案规定核定。

- **Nothing is erased while a letter runs**: before its end, while a question, a request of its writer, a commitment or a time to appeal or to rate is open, or within {WORDS_REST.days} days after
  somebody wrote. 信件未结、尚有待办事项或权利期限未过、或 {WORDS_REST.days} 日内有新内容的，一律不删。
- **Order**: identity and contact first, then words, then files; intake's own copies first, `letter.erased` last; each other service then erases its own. 先身份与联系方式，次正文，后附件；本服务先删，最后发出 `letter.erased`。
- **Topics** keep what they got, sealed, for their own row. Keys are not destroyed earlier: one key opens many letters. 主题上的密文到期由 Kafka 删除。
- **Backups** keep what was erased for their row. After every restore the ledger of erasures is applied again ([runbook](runbooks/erasing.md)). 恢复备份后须重放删除台账。

| what · 内容 | where · 位置 | how long · 期限 | from · 起算 | who erases · 由谁删除 | writer may ask · 写信人可申请 | rule · 依据 |
|---|---|---|---|---|---|---|"""  # noqa: E501 - lines of a page


def page() -> str:
    """The content of `docs/retention.md`."""
    table = data_files.retention()
    rows = ("| " + " | ".join(_cells(row)) + " |" for row in table.rows.values())
    return "\n".join([_ABOVE, *rows, "", f"Version · 版本 {table.version}", ""])


def main(arguments: list[str]) -> int:
    """Run the command; return 1 if the page differs, 2 for an unknown command."""
    match arguments:
        case ["write"]:
            PAGE.write_text(page(), encoding="utf-8")
            return 0
        case ["check"] if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
            return 0
        case ["check"]:
            print(f"{PAGE.name}: differs, run `python -m tools.retention write`")
            return 1
        case _:
            print(__doc__)
            return 2


def _cells(row: RetentionRow) -> Iterator[str]:
    yield f"{row.zh} · {row.en} (`{row.key}`)"
    yield _place(row)
    yield _period(row.period) or f"{row.note_zh} · {row.note_en}"
    yield _SINCE[row.since]
    yield _ERASED_BY[row.erased_by]
    yield _request(row)
    yield f"{_SET_BY[row.set_by]}: {row.source}"


def _place(row: RetentionRow) -> str:
    names = ", ".join(f"`{name}`" for name in (*row.collections, *row.topics))
    return f"{', '.join(row.services)}{': ' if names else ''}{names}"


def _period(period: timedelta | None) -> str:
    if period is None:
        return ""
    if period < timedelta(days=1):
        hours = period // timedelta(hours=1)
        return f"{hours} 小时 · {hours} h"
    years = round(period.days / 365.25)
    if years and abs(period.days - years * 365.25) < 2:
        return f"{years} 年（{period.days} 日） · {years} years ({period.days} days)"
    return f"{period.days} 日 · {period.days} day{'s' if period.days > 1 else ''}"


def _request(row: RetentionRow) -> str:
    if row.loop is None or row.loop.archive == "diversion":
        return "—"
    if row.loop.request_days is None:
        return "否，依法保存 · no, the law keeps it"
    return f"结束 {row.loop.request_days} 日后 · {row.loop.request_days} days after the end"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
