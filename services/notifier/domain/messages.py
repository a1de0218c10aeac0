"""The text of each message, Chinese and English, with the names of clocks, levels and addresses.

A text names the letter, days, and where to read on; never words of a letter or of a reply. A new
message is one more row here, and the event that causes it in `writer_messages`,
`notification_policy`, `own_clocks` or `new_work`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.notifier.domain.deliveries import Delivery, Message, MessageDetails
from shared.contracts.bilingual import Bilingual
from shared.contracts.names import CLOCKS, LEVELS, WHERE_TO_TURN
from shared.contracts.vocabulary import Language

HEAD = Bilingual("【厅长信箱】", "[Director's Mailbox] ")
NOTHING = Bilingual("", "")
TO_READ = Bilingual("请登录 {where} 查看。", " Sign in to read it: {where}")


@dataclass(frozen=True)
class MessageText:
    """A message in Chinese and English."""

    main: Bilingual
    by: Bilingual = NOTHING
    """Added if there is a day."""
    tail: Bilingual = TO_READ


TURN = Bilingual("可改向{turn}反映。", " Please turn to {turn}.")
TO_DO = Bilingual("请登录 {where} 办理。", " Sign in: {where}")
ANSWER_BY = Bilingual("请在 {by} 24 时前答复。", " The reply is due by the end of {by}.")
TEXTS: Mapping[Message, MessageText] = MappingProxyType(
    {
        "asked": MessageText(
            Bilingual(
                "承办单位就您的信件 {letter} 请您补充说明。",
                "The bureau has a question about letter {letter}.",
            ),
            Bilingual("请在 {by} 24 时前答复。", " Please answer by the end of {by}."),
        ),
        "extended": MessageText(
            Bilingual(
                "您的信件 {letter} 已批准延期办理。", "More time was granted for letter {letter}."
            ),
            Bilingual("最迟于 {by} 答复。", " It is due by {by}."),
        ),
        "replied": MessageText(
            Bilingual("您的信件 {letter} 已有答复。", "Letter {letter} has been answered."),
            Bilingual(
                "您可在 {by} 24 时前评价，或申请重新办理。",
                " You may rate the reply or have the letter reopened until the end of {by}.",
            ),
        ),
        "declined": MessageText(
            Bilingual(
                "您的信件 {letter} 不予受理，理由见答复。",
                "Letter {letter} was declined; the reply gives the reason.",
            ),
            Bilingual(
                "如有异议，可在 {by} 24 时前申诉。", " You may appeal until the end of {by}."
            ),
        ),
        "fulfilled": MessageText(
            Bilingual(
                "就您的信件 {letter} 所作的承诺已经办结。",
                "The commitment about letter {letter} was fulfilled.",
            ),
        ),
        "reopened": MessageText(
            Bilingual("您的信件 {letter} 已重新办理。", "Letter {letter} is being handled again."),
            Bilingual("最迟于 {by} 答复。", " It is due by {by}."),
        ),
        "appealed": MessageText(
            Bilingual(
                "已收到您对信件 {letter} 的申诉。",
                "Your appeal about letter {letter} was received.",
            ),
            Bilingual("最迟于 {by} 答复。", " It is due by {by}."),
        ),
        "added_late": MessageText(
            Bilingual(
                "您对信件 {letter} 的补充已附卷；时限已过，不再另行答复。",
                "Your addition was filed with letter {letter}; it came too late for another reply.",
            ),
        ),
        "withdrawn": MessageText(
            Bilingual(
                "您的信件 {letter} 已按您的要求撤回。",
                "Letter {letter} was withdrawn, as you asked.",
            ),
        ),
        "closing": MessageText(
            Bilingual(
                "您的信件 {letter} 的答复尚待评价。",
                "The reply to letter {letter} has not been rated yet.",
            ),
            Bilingual(
                "{by} 24 时后将自动办结，此前可申请重新办理。",
                " You may ask to have it reopened until the end of {by}; then it is closed.",
            ),
        ),
        "closed": MessageText(
            Bilingual(
                "您的信件 {letter} 因逾期未评价已自动办结。",
                "Letter {letter} was closed, as its reply was not rated in time.",
            ),
        ),
        "published": MessageText(
            Bilingual(
                "您的信件 {letter} 及答复已隐去个人信息公开，您可随时撤回同意。",
                (
                    "Letter {letter} and its reply are published without your personal details; "
                    "you may withdraw your consent at any time."
                ),
            ),
        ),
        "phone_code": MessageText(
            Bilingual(
                "您正在通过窗口或热线写信 {letter}，验证码 {code}，10 分钟内有效。"
                "请报给正在为您登记的工作人员，不要告诉其他人。",
                (
                    "Your code for letter {letter} is {code}, for ten minutes. Read it to the "
                    "person who enters your letter now, and to nobody else."
                ),
            ),
            tail=Bilingual("办理情况见 {where}。", " You can follow it at {where}"),
        ),
        "level": MessageText(
            Bilingual("信件 {letter} 的{clock}：{level}", "Letter {letter}, {clock}: {level}"),
            Bilingual("（期限 {by}）。", " (due {by})."),
            tail=TO_DO,
        ),
        "work_assigned": MessageText(
            Bilingual(
                "信件 {letter} 已转由您处办理。", "Letter {letter} was assigned to your desk."
            ),
            ANSWER_BY,
            tail=TO_DO,
        ),
        "work_reopened": MessageText(
            Bilingual("信件 {letter} 须重新办理。", "Letter {letter} was reopened."),
            ANSWER_BY,
            tail=TO_DO,
        ),
        "work_sent_back": MessageText(
            Bilingual(
                "信件 {letter} 的拟稿已退回修改。",
                "The draft for letter {letter} was sent back for correction.",
            ),
            ANSWER_BY,
            tail=TO_DO,
        ),
        "work_signature": MessageText(
            Bilingual(
                "信件 {letter} 的拟稿待您签发。",
                "The draft for letter {letter} waits for your signature.",
            ),
            Bilingual("请在 {by} 24 时前签发。", " Please sign by the end of {by}."),
            tail=TO_DO,
        ),
        "work_extension": MessageText(
            Bilingual(
                "信件 {letter} 的延期申请待您审批。",
                "A request for more time for letter {letter} waits for your decision.",
            ),
            Bilingual("请在 {by} 24 时前审批。", " Please decide by the end of {by}."),
            tail=TO_DO,
        ),
        "work_instruction": MessageText(
            Bilingual(
                "信件 {letter} 有新的批示。", "There is a new instruction on letter {letter}."
            ),
            Bilingual("请在 {by} 24 时前落实并回复。", " Please answer it by the end of {by}."),
            tail=TO_DO,
        ),
        "page": MessageText(
            Bilingual(
                "紧急：第 {page} 次呼叫，疑似警情 {letter} 尚无人查看。",
                "Urgent, call {page}: nobody has seen diversion {letter}.",
            ),
            tail=TO_DO,
        ),
        "problem": MessageText(
            Bilingual(
                "有人反映信件 {letter} 的公开内容有问题。",
                "Somebody has reported a problem with the publication of letter {letter}.",
            ),
            Bilingual("请在 {by} 前处理。", " Please decide by {by}."),
            tail=TO_DO,
        ),
    }
)


def text_of(delivery: Delivery, lang: Language, *, letter: str, where: str) -> str:
    """Return the text of a message about `letter`; `where`: the address at which to read on."""
    english = int(lang == "en")
    text, details = TEXTS[delivery.message], delivery.details
    parts = [HEAD, text.main]
    if details.by is not None:
        parts.append(text.by)
    if details.where_to_turn is not None:
        parts.append(TURN)
    template = "".join(part[english] for part in (*parts, text.tail))
    code = delivery.secret.text if delivery.secret else ""
    return template.format(letter=letter, where=where, code=code, **_named(details, english))


def _named(details: MessageDetails, english: int) -> dict[str, object]:
    return {
        "by": details.by,
        "page": details.page,
        "clock": CLOCKS[details.clock][english] if details.clock else "",
        "level": LEVELS[details.level][english] if details.level else "",
        "turn": WHERE_TO_TURN[details.where_to_turn][english] if details.where_to_turn else "",
    }
