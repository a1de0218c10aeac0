"""Letters of intake's tests. Every name, number and address is invented."""

from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any, TypeVar

from services.intake.domain import Command, IntakeState, evolve, rule_table
from services.intake.domain import decide as decide_by
from services.intake.domain.identity_sealing import BureauKey
from services.intake.domain.letter import NoLetter
from services.intake.domain.submission import SubmitLetter
from services.intake.domain.writer_view import NoteProgress
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    LetterClosed,
    LetterRated,
    LetterReceived,
    LetterReplied,
    LetterRouted,
    LetterWithdrawn,
    RequestRefused,
)
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import By, ClockChange, Place, Receipt, Triage
from shared.contracts.vocabulary import ClockName
from shared.contracts.words import Clear, Contact, Identity, LetterText, ReplyText
from shared.kernel.letter_number import new_letter_number
from tests.support.given import Decider, Given
from tests.support.moving import moment

FactT = TypeVar("FactT", bound=Fact)

LETTER = new_letter_number(bytes(range(10)))
OTHER = new_letter_number(bytes(range(10, 20)))
OWNER = "owner-hash"
WITHOUT_KEY: Bureau = "yunfu"
NOON = moment(24, 4)

NAME = "陈小圆"
ID_NUMBER = "440199199001010018"
PHONE = "15400001111"
SECOND_PHONE = "15400002222"
EMAIL = "yuanyuan@mail.example"
WECHAT = "yuan_1990"
ADDRESS = "广州市越秀区无名路7号"
TEXT = f"我是{NAME}，电话{PHONE}。路牌坏了三天，请修。"
REPLY = f"{NAME}同志：路牌已于昨日修复，感谢来信。"

IDENTITY = Identity(name=NAME, id_number=ID_NUMBER, phone=PHONE, address=ADDRESS)
CONTACT = Contact(phone=SECOND_PHONE, email=EMAIL, wechat=WECHAT)
WORDS = LetterText(subject="路牌坏了", body=TEXT, place_detail="无名路口")


def _key_of(bureau: Bureau) -> BureauKey:
    """Every bureau has a key, but for one."""
    return BureauKey(None if bureau == WITHOUT_KEY else f"bureau:{bureau}")


RULES = rule_table(_key_of)
decide = partial(decide_by, rules=RULES)
given: Given[Command, IntakeState, Any] = Given(Decider(NoLetter(), decide, evolve))


def submitted(**over: Any) -> LetterSubmitted:
    """A letter as intake takes it in, words in the clear."""
    fields: dict[str, Any] = {
        "received_at": NOON,
        "channel": "web",
        "lang": "zh",
        "category": "request",
        "place": Place(city="guangzhou"),
        "consent_to_publish": True,
        "notice_version": "1",
        "text_sha256": "0" * 64,
        "triage": Triage(class_="accept"),
        "words": WORDS,
        "contact": CONTACT,
        "identity": IDENTITY,
    }
    return LetterSubmitted.model_validate(fields | over)


def submit(owner: str = OWNER, **over: Any) -> SubmitLetter:
    """The command for a new letter."""
    return SubmitLetter(owner, submitted(**over))


def note(fact: Fact, *, at: datetime = NOON) -> NoteProgress:
    """The router's word reaches intake."""
    return NoteProgress(fact, at)


STAFF = "g-17"
_HELD: dict[str, Any] = {
    "holder": "guangzhou",
    "assignment": 1,
    "by": By(role="bureau", bureau="guangzhou", staff=STAFF),
}


def fact(kind: type[FactT], /, **fields: Any) -> FactT:
    """Any fact of the router; Guangzhou holds and handles the letter by default."""
    given: dict[str, Any] = _HELD | {"state": "handling"} | fields
    words = {name: given.pop(name) for name in tuple(given) if isinstance(given[name], Clear)}
    return kind.model_validate(given).model_copy(update=words)


def clock(name: ClockName, change: Any, due_on: date | None = None, **more: Any) -> ClockChange:
    """What a fact did to a clock."""
    passes = datetime.combine(due_on, time(16), UTC) if due_on else None
    return ClockChange(clock=name, change=change, due_on=due_on, passes_at=passes, **more)


def received() -> LetterReceived:
    """The router has it; a reply is due on 8 December."""
    return LetterReceived(
        state="submitted",
        holder="triage",
        assignment=0,
        by=By(role="rule"),
        received_at=NOON,
        category="request",
        confidence=1.0,
        policy_version="2026",
        receipt=Receipt(
            due_on=date(2026, 12, 8),
            calendar_version="1",
            policy_version="2026",
            provisional=True,
        ),
    )


def routed(**over: Any) -> LetterRouted:
    """Guangzhou has it."""
    fields = {"bureau": "guangzhou", "category": "request", "masked": False, "why": "rule"}
    return LetterRouted.model_validate(_HELD | {"state": "routed"} | fields | over)


def replied(text: str | None = REPLY) -> LetterReplied:
    """Guangzhou has answered; None: words erased."""
    words = None if text is None else ReplyText(text=text)
    return LetterReplied(**_HELD, state="replied", reply=1, outcome="resolved", words=words)


def rated(*, solved: bool = True) -> LetterRated:
    """The router has recorded a rating."""
    return LetterRated(**_HELD, state="replied", solved=solved, score=4)


def closed() -> LetterClosed:
    """The letter is settled."""
    return LetterClosed(**_HELD, state="closed", why="solved")


def withdrawn() -> LetterWithdrawn:
    """The letter is taken back."""
    return LetterWithdrawn(**_HELD, state="withdrawn", reason="settled")


def refused(request_id: str, code: Any = "too_late") -> RequestRefused:
    """The router has refused a request."""
    return RequestRefused(
        **_HELD,
        state="replied",
        request_id=request_id,
        request_type="withdrawal.requested",
        code=code,
    )
