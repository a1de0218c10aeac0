"""Arrivals and outcomes as lines of text and JSON for a terminal."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

from clients.bureau._cli.facts_shown import facts
from clients.bureau.arrivals import Arrived, Unread
from clients.bureau.outcomes import Applied, Outcome, outcome_of
from shared.contracts.event import Event, Fact
from shared.contracts.words import Clear

NAMES = {
    "letter.assigned": "转办来信 a letter to answer",
    "letter.snapshot": "信件现状 how the letter stands now",
    "letter.identity": "写信人身份 who wrote it",
    "identity.withheld": "不提供写信人身份 the writer stays unknown",
    "letter.reclassified": "重新归类 of another kind than was thought",
    "letter.accepted": "已受理 accepted",
    "letter.passed_on": "已交办 passed on to a unit",
    "unit.accepted": "单位已签收 taken up by the unit",
    "note.added": "内部备注 noted",
    "writer.answered": "写信人已回答 the writer has answered",
    "question.lapsed": "逾期未答 the writer has not answered in time",
    "letter.added_to": "写信人补充 the writer has sent something more",
    "extension.decided": "延期审批 whether there is more time",
    "letter.signed": "已签发 signed",
    "reply.sent_back": "退回重写 sent back, to be written anew",
    "letter.replied": "已答复 replied",
    "letter.declined": "不予受理 refused",
    "letter.rated": "写信人评价 rated by the writer",
    "letter.reopened": "重开 reopened by the writer",
    "letter.closed": "已办结 closed",
    "letter.withdrawn": "写信人撤回 withdrawn by the writer",
    "letter.supervised": "省厅督办 watched by the province",
    "instruction.given": "领导批示 a chief's instruction",
    "instruction.answered": "批示已回复 the instruction is answered",
    "commitment.made": "作出承诺 promised",
    "commitment.fulfilled": "承诺已兑现 the promise is kept",
    "letter.escalated": "期限提醒 a deadline's warning",
    "due.changed": "期限变更 another due date",
    "petition.marked": "按信访办理 a petition by law",
    "disclosure.marked": "按信息公开办理 asks for information by law",
    "publication.noted": "已公开 published",
    "assignment.ended": "转办结束 the assignment has ended",
    "action.applied": "动作已执行 your action was done",
    "action.refused": "动作被拒绝 your action was refused",
}
FIELDS = {
    "subject": "主题 subject",
    "body": "正文 text",
    "text": "文字 text",
    "place_detail": "地点 place",
    "name": "姓名 name",
    "id_number": "证件号 ID number",
    "phone": "电话 phone",
    "address": "地址 address",
    "email": "邮箱 e-mail",
    "wechat": "微信 WeChat",
    "document_type": "证件种类 document",
    "guardian": "监护人 guardian",
    "relation": "关系 relation",
    "helped": "被代理人 written for",
}
INDENT = "    "


def lines(arrived: Arrived) -> Iterator[str]:
    """Lines for a person: event, facts with due dates, and opened words."""
    name = short(arrived.type)
    number = f" #{arrived.sequence}" if arrived.sequence is not None else ""
    yield f"{arrived.letter}{number}  {NAMES.get(name, name)}"
    if arrived.missing:
        yield (
            f"{INDENT}! 缺少之前的 {arrived.missing} 条记录 earlier events are missing: "
            f"bureau resend {arrived.letter} --snapshot"
        )
    yield from (f"{INDENT}{line}" for line in _facts(arrived.event))
    for field, value in clear_words(arrived.event).items():
        yield from (f"{INDENT}{line}" for line in _words(field, value))
    for field, code in arrived.closed.items():
        yield f"{INDENT}! {field}: 无法打开 can't be opened ({code})"


def unread_line(unread: Unread) -> str:
    """One line for an unreadable record."""
    return (
        f"! 无法读取的记录，已跳过 unreadable record skipped: "
        f"{unread.topic}/{unread.partition}@{unread.offset} ({unread.code})"
    )


def as_json(arrived: Arrived) -> str:
    """One line of JSON: the event with its opened words."""
    found = {
        "letter": arrived.letter,
        "type": arrived.type,
        "id": arrived.id,
        "sequence": arrived.sequence,
        "time": arrived.time.isoformat(),
        "assignment": arrived.assignment,
        "missing": arrived.missing,
        "closed": dict(arrived.closed),
        "data": arrived.event.map_words(lambda _field, _words: None).model_dump(mode="json"),
        "words": clear_words(arrived.event),
    }
    return json.dumps(found, ensure_ascii=False)


def outcome_lines(outcome: Outcome) -> Iterator[str]:
    """The outcome of an action, in Chinese and English."""
    if isinstance(outcome, Applied):
        yield f"已执行 done: {short(outcome.resulting)} (状态 state: {outcome.state})"
        return
    chinese, english = outcome.explained
    state = f" (状态 state: {outcome.state})" if outcome.state else ""
    yield f"被拒绝 refused: {outcome.code}{state}"
    yield f"{INDENT}{chinese}"
    yield f"{INDENT}{english}"


def clear_words(event: Event) -> dict[str, Any]:
    """The opened words by field."""
    found: dict[str, Any] = {}

    def note(field: str, words: Any) -> None:
        if isinstance(words, Clear):
            found[field] = json.loads(words.plaintext())

    event.map_words(note)
    return found


def harmless(text: str) -> str:
    """The text with control characters replaced, except line ends."""
    return "".join(
        char if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf"} else "\ufffd"
        for char in text
    )


def short(event_type: str) -> str:
    """`letter.assigned` of `gd.mailbox.letter.assigned.v1`."""
    return event_type.removeprefix("gd.mailbox.").rpartition(".")[0]


def _facts(event: Event) -> Iterator[str]:
    if (outcome := outcome_of(event)) is not None:
        yield from outcome_lines(outcome)
        return
    if isinstance(event, Fact):
        yield f"转办编号 assignment {event.assignment}, 状态 state {event.state}"
    yield from facts(event)


def _words(field: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        first, *rest = harmless(value).split("\n")
        yield f"{FIELDS.get(field, field)}: {first}"
        yield from (f"{INDENT}{line}" for line in rest)
    elif isinstance(value, dict):
        order = {name: place for place, name in enumerate(FIELDS)}
        for name in sorted(value, key=lambda each: order.get(each, len(order))):
            yield from _words(name, value[name])
    elif isinstance(value, list) and field == "turns":
        for turn in value:
            yield from _words(str(turn.get("who", field)), turn.get("text"))
    elif field == "left_out" and value:
        yield f"! 此前还有 {value} 条未附 {value} earlier turns are left out"
