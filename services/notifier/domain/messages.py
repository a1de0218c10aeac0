"""Which events are told to the writer, and in which words? Tables. Pure.

A further message is one more row in each: the event that causes it, and its text in both languages.
A text names the letter and where to read on; it never holds words of a letter or of a reply.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterReplied
from shared.contracts.vocabulary import Language

Channel: TypeAlias = Literal["sms", "wechat", "email"]
Message: TypeAlias = Literal["replied"]

MESSAGES: Mapping[type[Fact], Message] = MappingProxyType({LetterReplied: "replied"})

TEXTS: Mapping[Message, tuple[str, str]] = MappingProxyType(
    {
        "replied": (
            "【厅长信箱】您的信件 {letter} 已有答复，请登录 {where} 查看并评价。",
            "[Director's Mailbox] Letter {letter} has been answered. Sign in to read it: {where}",
        ),
    }
)
"""Chinese and English of each message."""


def text_of(message: Message, lang: Language, *, letter: str, where: str) -> str:
    """What the writer is told of `letter`; `where` is the address of the citizens' mailbox."""
    zh, en = TEXTS[message]
    return (en if lang == "en" else zh).format(letter=letter, where=where)
