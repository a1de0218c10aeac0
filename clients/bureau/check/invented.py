"""The invented letters that the check sends, each with a code on its last line."""

from datetime import datetime, timedelta
from typing import Any

from clients.bureau.check.cast import ASSIGNMENT
from shared.contracts.bureau_v1 import AssignmentEnded, LetterAssigned, LetterIdentity
from shared.contracts.progress_v1 import LetterWithdrawn
from shared.contracts.slugs import Bureau
from shared.contracts.values import By, Due, Place
from shared.contracts.vocabulary import State, WhyEnded
from shared.contracts.words import (
    LARGEST_WORDS,
    MAX_BODY,
    MAX_REPLY,
    MAX_SUBJECT,
    Conversation,
    Identity,
    LetterText,
    Turn,
)

SUBJECT = "[接入检查] 路灯不亮 A lamp is out"
BODY = (
    "这是接入检查用的虚构信件。村口的路灯坏了三个月。\n"
    "This letter is invented to check a bureau's system. The lamp has been out for three months.\n"
    "请在答复或备注中写上下一行的代码 please put the code of the next line into a reply or note:\n"
)
WIDE = "𠮷"
"""A character of four bytes in UTF-8, as names of people and places may contain."""
SHANGHAI = timedelta(hours=8)
REPLY_DAYS = 15
_RULE = By(role="rule")


def assigned(
    bureau: Bureau, code: str, *, at: datetime, assignment: int = ASSIGNMENT, **more: Any
) -> LetterAssigned:
    """A letter for the bureau to accept; `at`: when it was received, in UTC."""
    return LetterAssigned(
        state="routed",
        holder=bureau,
        assignment=assignment,
        by=_RULE,
        received_at=at,
        category="request",
        police_type="public_security",
        place=Place(city=None if bureau == "province" else bureau),
        masked=False,
        dues=(_due(at),),
        words=more.pop("words", LetterText(subject=SUBJECT, body=BODY + code)),
        **more,
    )


def longest(bureau: Bureau, code: str, *, at: datetime) -> LetterAssigned:
    """A letter with the longest allowed subject and text, after the longest conversation."""
    body = WIDE * (MAX_BODY - len(code) - 1) + "\n" + code
    words = LetterText(subject="长" * MAX_SUBJECT, body=body)
    texts = "复" * (LARGEST_WORDS // 3 - MAX_REPLY - 100), "复" * MAX_REPLY
    turns = tuple(Turn(at=at, who="bureau", text=text) for text in texts)
    earlier = Conversation(turns=turns, left_out=1)
    return assigned(bureau, code, at=at, words=words, earlier=earlier)


def identity(bureau: Bureau, code: str, *, kid: str) -> LetterIdentity:
    """The writer: an invented person whose name holds the code."""
    return LetterIdentity(
        state="routed",
        holder=bureau,
        assignment=ASSIGNMENT,
        by=_RULE,
        kid=kid,
        envelope=Identity(
            name=f"检查员{code}", id_number="000000000000000000", phone="00000000000"
        ),
    )


def withdrawn(bureau: Bureau) -> LetterWithdrawn:
    """The writer has withdrawn it."""
    return LetterWithdrawn(
        state="withdrawn", holder=bureau, assignment=ASSIGNMENT, by=_RULE, reason="settled"
    )


def ended(
    why: WhyEnded, *, state: State, holder: Any, assignment: int = ASSIGNMENT
) -> AssignmentEnded:
    """The bureau no longer holds it; nothing more follows for that assignment."""
    return AssignmentEnded(state=state, holder=holder, assignment=assignment, by=_RULE, why=why)


def _due(at: datetime) -> Due:
    """Its due date: some days later, at 24:00 in Asia/Shanghai."""
    due_on = (at + SHANGHAI + timedelta(days=REPLY_DAYS)).date()
    midnight = datetime.combine(due_on + timedelta(days=1), datetime.min.time(), tzinfo=at.tzinfo)
    return Due(clock="reply", due_on=due_on, passes_at=midnight - SHANGHAI)
