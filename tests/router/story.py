"""Letters and commands of the router's tests. Every name and number is invented."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from services.router.domain import bureau_view
from services.router.domain.actors import Command
from services.router.domain.decide import decide
from services.router.domain.due_dates import Rulebook
from services.router.domain.evolve import evolve
from services.router.domain.handling import AcceptLetter
from services.router.domain.letter import Letter, LetterState, UnknownLetter
from services.router.domain.questions import AskWriter
from services.router.domain.registration import ReceiveLetter
from services.router.domain.replies import DeclineLetter, ReplyToLetter
from services.router.domain.routing import RouteLetter
from services.router.domain.signing import SignAnswer
from services.router.domain.writer_requests import RateLetter, WithdrawLetter
from services.router.store import documents
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import Attachment, By, Place, Triage
from shared.contracts.vocabulary import Category, TriageClass
from shared.contracts.words import Comment, LetterText, Note, ReplyText, Span
from shared.kernel.letter_number import new_letter_number
from shared.platform.runtime import data_files
from tests.support.given import Decider, Given, Story

LETTER = new_letter_number(bytes(range(20, 30)))
OTHER = new_letter_number(bytes(range(30, 40)))
NAME = "何田田"
PHONE = "15400003333"
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""10:00 in Guangdong of an ordinary working day."""

BODY = f"本人{NAME}，电话{PHONE}。"
WORDS = LetterText(
    subject=f"{NAME}反映路灯问题",
    body=BODY,
    own_spans=(Span(start=2, end=5, what="name"), Span(start=8, end=19, what="phone")),
    subject_spans=(Span(start=0, end=3, what="name"),),
    place_detail="无名路口",
)
ATTACHMENT = Attachment(id="a-1", type="image/png", size=10, sha256="1" * 64)
REPLY = ReplyText(text="路灯已修复。")
NOTE = Note(text="请补充门牌号。")

RULEBOOK = Rulebook(data_files.calendar(), data_files.policies(), data_files.offices())
given: Given[Command, LetterState, Any] = Given(
    Decider(UnknownLetter(), partial(decide, rulebook=RULEBOOK), evolve)
)
for_bureau = partial(bureau_view.for_bureau, rulebook=RULEBOOK)
outgoing = partial(documents.outgoing, rulebook=RULEBOOK)
snapshot = partial(bureau_view.snapshot, rulebook=RULEBOOK)
TRIAGE = By(role="triage", staff="t-3")
SUPERVISOR = By(role="supervisor", staff="example-province-supervisor")
DIRECTOR = By(role="director", staff="example-province-chief")
CLERK = By(role="bureau", bureau="guangzhou", staff="g-17")
CHIEF = By(role="chief", bureau="guangzhou", staff="example-guangzhou-chief")
DEPUTY = By(role="chief", bureau="guangzhou", staff="example-guangzhou-deputy")
PROVINCE_CHIEF = By(role="chief", bureau="province", staff="example-province-chief")


def caused(command: Command, state: LetterState, rulebook: Rulebook) -> tuple[Any, ...]:
    """The effects of a command under another rulebook."""
    return decide(command, state, rulebook=rulebook)


def receive(
    city: Bureau | None = "guangzhou",
    *,
    addressed_to: Bureau | None = None,
    category: Category = "request",
    class_: TriageClass = "accept",
    **over: Any,
) -> ReceiveLetter:
    """A letter comes in from intake."""
    fields: dict[str, Any] = {
        "received_at": MONDAY,
        "channel": "web",
        "lang": "zh",
        "category": category,
        "addressed_to": addressed_to,
        "place": Place(city=city, district="440104"),
        "notice_version": "1",
        "attachments": (ATTACHMENT,),
        "text_sha256": "0" * 64,
        "triage": Triage(class_=class_),
        "words": WORDS,
    }
    return ReceiveLetter(LetterSubmitted.model_validate(fields | over), at=MONDAY)


def later(days: float = 0, *, hours: float = 0) -> datetime:
    """That long after the letter was received."""
    return MONDAY + timedelta(days=days, hours=hours)


def acting(bureau: Holder = "guangzhou", assignment: int = 1, **over: Any) -> dict[str, Any]:
    """Bureau, holding and time, for any command of a holder."""
    by = TRIAGE if bureau == "triage" else CLERK.model_copy(update={"bureau": bureau})
    return {"bureau": bureau, "assignment": assignment, "by": by, "at": MONDAY} | over


def route(bureau: Bureau = "guangzhou", **over: Any) -> RouteLetter:
    """The triage desk sends it on."""
    fields: dict[str, Any] = {"by": TRIAGE, "at": MONDAY, "bureau": bureau}
    return RouteLetter(**(fields | over))


def accept(bureau: Bureau = "guangzhou", assignment: int = 1, **over: Any) -> AcceptLetter:
    """A bureau takes it up."""
    return AcceptLetter(**acting(bureau, assignment, **over))


def reply(bureau: Bureau = "guangzhou", assignment: int = 1, **over: Any) -> ReplyToLetter:
    """A bureau answers it."""
    fields = acting(bureau, assignment) | {"outcome": "resolved", "words": REPLY}
    return ReplyToLetter(**(fields | over))


def decline(bureau: Holder = "guangzhou", assignment: int = 1, **over: Any) -> DeclineLetter:
    """A bureau, or the triage desk, refuses it."""
    fields: dict[str, Any] = {
        "decline_reason": "court_or_arbitration",
        "where_to_turn": "court",
        "words": REPLY,
    }
    return DeclineLetter(**(acting(bureau, assignment) | fields | over))


def ask(**over: Any) -> AskWriter:
    """The bureau asks the writer."""
    return AskWriter(**(acting() | {"words": NOTE} | over))


def sign(by: By = CHIEF, at: datetime = MONDAY) -> SignAnswer:
    """A signature."""
    return SignAnswer(by, at)


def rate(request_id: str = "r-1", *, solved: bool = True, at: datetime = MONDAY) -> RateLetter:
    """The writer rates the reply."""
    return RateLetter(request_id, at, solved, 4, Comment(text=f"谢谢，{NAME}"))


WITHDRAW = WithdrawLetter("r-2", MONDAY, "settled")

STAGES: dict[str, tuple[Command, ...]] = {
    "nothing": (),
    "triage": (receive(None),),
    "routed": (receive(),),
    "handling": (receive(), accept()),
    "supplement": (receive(), accept(), ask()),
    "signing": (receive(), decline()),
    "signing in triage": (receive(None), decline("triage", 0)),
    "replied": (receive(), accept(), reply()),
    "rated": (receive(), accept(), reply(), rate(solved=False)),
    "declined": (receive(), decline(), sign()),
    "closed": (receive(), accept(), reply(), rate()),
    "withdrawn": (receive(), WITHDRAW),
    "withdrawn in triage": (receive(None), WITHDRAW),
}
"""Steps to each stage of a letter's life."""


def at(stage: str) -> Story[Command, LetterState, Any]:
    """A letter at that stage."""
    return given().when(*STAGES[stage])


def letter_of(state: LetterState) -> Letter:
    """The letter that is surely there."""
    assert isinstance(state, Letter)
    return state


def names(events: Any) -> list[str]:
    """Contract events by name, in order; what goes on no topic is left out."""
    types = [one.type for one in events if hasattr(one, "type")]
    return [one.removeprefix("gd.mailbox.").rsplit(".", 1)[0] for one in types]


def running(state: LetterState) -> set[str]:
    """Names of the clocks that run."""
    return {one.clock for one in letter_of(state).clocks}
