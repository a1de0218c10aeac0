"""In which words is each message told? A table, and how it is read. Pure.

A text names the letter, days, and where to read on; it never holds words of a letter or of a reply.
A further message is one more row, and the event that causes it in `writing`,
`alerting` or `new_work`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.notifier.domain.deliveries import Delivery, Details, Message
from services.notifier.domain.wording import CLOCKS, LEVELS, WHERE_TO_TURN, Both
from shared.contracts.vocabulary import Language

HEAD: Both = ("【厅长信箱】", "[Director's Mailbox] ")


@dataclass(frozen=True)
class Text:
    """A message in Chinese and English."""

    main: Both
    by: Both = ("", "")
    """What is added when there is a day."""
    tail: Both = ("请登录 {where} 查看。", " Sign in to read it: {where}")


TURN: Both = ("可改向{turn}反映。", " Please turn to {turn}.")
TO_DO: Both = ("请登录 {where} 办理。", " Sign in: {where}")
ANSWER_BY: Both = ("请在 {by} 24 时前答复。", " The reply is due by the end of {by}.")
TEXTS: Mapping[Message, Text] = MappingProxyType(
    {
        "asked": Text(
            (
                "承办单位就您的信件 {letter} 请您补充说明。",
                "The bureau has a question about letter {letter}.",
            ),
            ("请在 {by} 24 时前答复。", " Please answer by the end of {by}."),
        ),
        "extended": Text(
            ("您的信件 {letter} 已批准延期办理。", "More time was granted for letter {letter}."),
            ("最迟于 {by} 答复。", " It is due by {by}."),
        ),
        "replied": Text(
            ("您的信件 {letter} 已有答复。", "Letter {letter} has been answered."),
            (
                "您可在 {by} 24 时前评价，或申请重新办理。",
                " You may rate the reply or have the letter reopened until the end of {by}.",
            ),
        ),
        "declined": Text(
            (
                "您的信件 {letter} 不予受理，理由见答复。",
                "Letter {letter} was not accepted, for a reason given.",
            ),
            ("如有异议，可在 {by} 24 时前申诉。", " You may appeal until the end of {by}."),
        ),
        "fulfilled": Text(
            (
                "就您的信件 {letter} 所作的承诺已经办结。",
                "What was promised about letter {letter} is done.",
            ),
        ),
        "reopened": Text(
            ("您的信件 {letter} 已重新办理。", "Letter {letter} is being handled again."),
            ("最迟于 {by} 答复。", " It is due by {by}."),
        ),
        "appealed": Text(
            ("已收到您对信件 {letter} 的申诉。", "Your appeal about letter {letter} has come in."),
            ("最迟于 {by} 答复。", " It is due by {by}."),
        ),
        "added_late": Text(
            (
                "您对信件 {letter} 的补充已附卷；时限已过，不再另行答复。",
                "What you sent is kept with letter {letter}; it came too late for another reply.",
            ),
        ),
        "withdrawn": Text(
            ("您的信件 {letter} 已按您的要求撤回。", "Letter {letter} is withdrawn, as you asked."),
        ),
        "closing": Text(
            (
                "您的信件 {letter} 的答复尚待评价。",
                "The reply to letter {letter} is still to be rated.",
            ),
            (
                "{by} 24 时后将自动办结，此前可申请重新办理。",
                " Until the end of {by} you may have it reopened; then it is closed.",
            ),
        ),
        "closed": Text(
            (
                "您的信件 {letter} 因逾期未评价已自动办结。",
                "Letter {letter} is closed, as nothing more was said.",
            ),
        ),
        "published": Text(
            (
                "您的信件 {letter} 及答复已隐去个人信息公开，您可随时撤回同意。",
                (
                    "Letter {letter} and its reply are published without a trace of you; "
                    "you may take your consent back at any time."
                ),
            ),
        ),
        "level": Text(
            ("信件 {letter} 的{clock}：{level}", "Letter {letter}, {clock}: {level}"),
            ("（期限 {by}）。", " (due {by})."),
            tail=TO_DO,
        ),
        "work_assigned": Text(
            ("信件 {letter} 已转由您处办理。", "Letter {letter} was assigned to your desk."),
            ANSWER_BY,
            tail=TO_DO,
        ),
        "work_reopened": Text(
            ("信件 {letter} 须重新办理。", "Letter {letter} was reopened."),
            ANSWER_BY,
            tail=TO_DO,
        ),
        "work_sent_back": Text(
            (
                "信件 {letter} 的拟稿已退回修改。",
                "The draft for letter {letter} was sent back for correction.",
            ),
            ANSWER_BY,
            tail=TO_DO,
        ),
        "work_signature": Text(
            (
                "信件 {letter} 的拟稿待您签发。",
                "The draft for letter {letter} waits for your signature.",
            ),
            ("请在 {by} 24 时前签发。", " Please sign by the end of {by}."),
            tail=TO_DO,
        ),
        "work_extension": Text(
            (
                "信件 {letter} 的延期申请待您审批。",
                "A request for more time for letter {letter} waits for your decision.",
            ),
            ("请在 {by} 24 时前审批。", " Please decide by the end of {by}."),
            tail=TO_DO,
        ),
        "work_instruction": Text(
            ("信件 {letter} 有新的批示。", "There is a new instruction on letter {letter}."),
            ("请在 {by} 24 时前落实并回复。", " Please answer it by the end of {by}."),
            tail=TO_DO,
        ),
        "page": Text(
            (
                "紧急：第 {page} 次呼叫，疑似警情 {letter} 尚无人查看。",
                "Urgent, call {page}: nobody has seen diversion {letter}.",
            ),
            tail=TO_DO,
        ),
        "problem": Text(
            (
                "有人反映信件 {letter} 的公开内容有问题。",
                "Somebody reports a problem with what is published of letter {letter}.",
            ),
            ("请在 {by} 前处理。", " Please decide by {by}."),
            tail=TO_DO,
        ),
    }
)


def text_of(delivery: Delivery, lang: Language, *, letter: str, where: str) -> str:
    """What is told of `letter`; `where`: the address at which whoever is told reads on."""
    english = int(lang == "en")
    text, details = TEXTS[delivery.message], delivery.details
    parts = [HEAD, text.main]
    if details.by is not None:
        parts.append(text.by)
    if details.where_to_turn is not None:
        parts.append(TURN)
    said = "".join(part[english] for part in (*parts, text.tail))
    return said.format(letter=letter, where=where, **_named(details, english))


def _named(details: Details, english: int) -> dict[str, object]:
    return {
        "by": details.by,
        "page": details.page,
        "clock": CLOCKS[details.clock][english] if details.clock else "",
        "level": LEVELS[details.level][english] if details.level else "",
        "turn": WHERE_TO_TURN[details.where_to_turn][english] if details.where_to_turn else "",
    }
