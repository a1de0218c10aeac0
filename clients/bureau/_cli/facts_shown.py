"""The fields of an event as labelled lines in Chinese and English.

Codes stay codes, since bureaus' programs compare them. Words are shown by `shown`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.contracts.event import Event, Fact
from shared.contracts.values import Attachment, ClockChange, Due, Place, WriterFacts
from shared.terminal import zoned_time

LABELS = {
    "about": "涉及 about",
    "appeal_by": "可申诉至 may be appealed until",
    "answer_by": "回复期限 answer by",
    "attachments": "附件 attachments",
    "bureau": "单位 bureau",
    "calendar_version": "日历版本 calendar",
    "category": "类别 category",
    "clock": "时钟 clock",
    "commitment": "承诺编号 promise no.",
    "commitments": "承诺 promises",
    "days": "天数 days",
    "decline_reason": "不予受理原因 reason by law",
    "detail": "具体原因 what exactly",
    "due_on": "到期日 due",
    "dues": "期限 due",
    "effect": "后果 effect",
    "evidence": "依据 evidence",
    "excluded": "回避单位 kept from",
    "finding": "认定 finding",
    "follow_up": "省厅跟踪 on the province's follow-up list",
    "granted": "批准 granted",
    "instruction": "批示编号 instruction no.",
    "kept": "兑现 kept",
    "kid": "密钥 key",
    "last_sequence": "代替编号 stands for all up to no.",
    "late": "迟到 late",
    "level": "等级 level",
    "masked": "匿名 masked",
    "new_due": "新期限 new due date",
    "next": "下一签发人 next to sign",
    "note": "备注编号 note no.",
    "office": "职务 office",
    "old_due": "原期限 old due date",
    "outcome": "办理结果 outcome",
    "path": "公开地址 page",
    "place": "地点 place",
    "police_type": "业务警种 police type",
    "publication": "公开编号 publication",
    "publication_proposed": "建议公开 proposed for publication",
    "question": "问题编号 question no.",
    "reason": "原因 reason",
    "received_at": "收到时间 received",
    "referred_to": "转往 referred to",
    "reopened": "重开次数 times reopened",
    "reply": "答复编号 reply no.",
    "round": "第几次 round",
    "score": "评分 score",
    "signer": "签发人 signed by",
    "solved": "已解决 solved",
    "step": "第几签 signature no.",
    "supervised": "督办 supervised",
    "time": "第几次重开 reopened for time no.",
    "to_state": "退至 back to",
    "unit": "承办单位 unit",
    "where_to_turn": "可转向 where to turn",
    "why": "原因 why",
    "writer": "写信人情况 about the writer",
}
ABOUT_WRITER = {
    "age_group": "年龄段 age",
    "guardian_consent": "监护人同意 a guardian agreed",
    "on_behalf": "代谁 for",
    "acting_as": "身份 as",
}
"""The fields of `writer`."""
_ELSEWHERE = {*Fact.model_fields, "receipt"}
_UNSAID: tuple[object, ...] = (None, (), False, 0)


def facts(event: Event) -> Iterator[str]:
    """One line for each field, except the fields common to all facts and the words."""
    for name in type(event).model_fields:
        value = getattr(event, name)
        if name in _ELSEWHERE or name in event.sealed or _is_unsaid(name, value):
            continue
        yield f"{LABELS.get(name, name)}: {_shown(value)}"
    if isinstance(event, Fact):
        yield from map(_clock, event.clocks)


def _is_unsaid(name: str, value: object) -> bool:
    """Whether the field is left out as empty; a decided "no" is shown."""
    return value in _UNSAID and name not in {"granted", "solved", "late"}


def _clock(change: ClockChange) -> str:
    due = f", 到期 due {change.due_on.isoformat()}" if change.due_on else ""
    return f"时钟 clock: {change.clock} {change.change}{due}"


def _fields_shown(value: BaseModel) -> str:
    match value:
        case Due():
            return f"{value.clock} {value.due_on}"
        case Attachment():
            return f"{value.id} ({value.type}, {value.size} B)"
        case Place():
            return " ".join(filter(None, (value.city, value.district))) or "-"
        case WriterFacts():
            return ", ".join(f"{ABOUT_WRITER[name]} {_shown(each)}" for name, each in value if each)
        case _:
            return " ".join(_shown(each) for _, each in value if each is not None)


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "是 yes" if value else "否 no"
        case datetime():
            return zoned_time(value)
        case BaseModel():
            return _fields_shown(value)
        case tuple():
            return ", ".join(map(_shown, value))
        case _:
            return str(value)
