"""Anything that anyone could request about a letter: strategies of sensible and wrong commands."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.router.domain.commitments import FulfilCommitment
from services.router.domain.extensions import DecideExtension, RequestMoreTime
from services.router.domain.handling import (
    AcceptInUnit,
    AcceptLetter,
    AddNote,
    LinkLetter,
    PassOnLetter,
)
from services.router.domain.letter import Letter, Pledge
from services.router.domain.questions import AskWriter, AttachAddition, RecordAnswer
from services.router.domain.reclassification import MarkDisclosure, MarkPetition, ReclassifyLetter
from services.router.domain.replies import DeclineLetter, ProposePublication, ReplyToLetter
from services.router.domain.routing import ConsentReturn, RecallLetter, ReturnLetter, RouteLetter
from services.router.domain.signing import SendBack, SignAnswer
from services.router.domain.supervision import (
    AnswerInstruction,
    Instruct,
    ReadLetter,
    SuperviseLetter,
)
from services.router.domain.writer_requests import (
    AppealRefusal,
    RateLetter,
    ReopenLetter,
    WithdrawLetter,
)
from shared.contracts.slugs import Bureau
from shared.contracts.values import About, By
from shared.contracts.words import Comment, Reason, Span, WriterText
from tests.router.story import ATTACHMENT, LETTER, NAME, NOTE, OTHER, PHONE, REPLY

SOME: tuple[Bureau, ...] = ("guangzhou", "foshan", "province")
REASON = Reason(text="因故。")
TEXT = f"我是{NAME}，电话{PHONE}。"
MARKED = (Span(start=2, end=5, what="name"), Span(start=8, end=19, what="phone"))
texts = st.sampled_from([WriterText(text=TEXT, own_spans=MARKED), WriterText(text=TEXT), None])
comments = st.sampled_from([Comment(text=TEXT, own_spans=MARKED), Comment(text=TEXT), None])
bureaus = st.sampled_from(SOME)
abouts = st.sampled_from(
    [
        None,
        None,
        About(kind="bureau", bureau="guangzhou"),
        About(kind="unit", bureau="foshan", police_type="traffic"),
        About(kind="officer"),
        About(kind="bureau", level="province"),
    ]
)
categories = st.sampled_from(["inquiry", "request", "complaint", "report", "thanks"])
requests = st.integers(1, 10**6).map(lambda number: f"r-{number}")
STAFF = (
    By(role="chief", bureau="guangzhou", staff="example-guangzhou-chief"),
    By(role="chief", bureau="guangzhou", staff="example-guangzhou-deputy"),
    By(role="chief", bureau="foshan", staff="example-foshan-chief"),
    By(role="chief", bureau="province", staff="example-province-chief"),
    By(role="chief", bureau="province", staff="example-province-deputy"),
    By(role="supervisor", staff="example-province-supervisor"),
    By(role="supervisor", staff="example-province-named"),
    By(role="director", staff="example-province-chief"),
    By(role="triage", staff="t-3"),
)
staff = st.sampled_from(STAFF)
BACK: dict[str, Any] = {"reason": st.just("not_said"), "suggestion": st.none() | bureaus}
promises = st.lists(st.integers(1, 90), max_size=2)


def sensible(letter: Letter, at: datetime) -> st.SearchStrategy[Any]:
    """What the holder or the writer is likely to do next."""
    acts = {
        **_at_desks(at, st.sampled_from(_entitled(letter))),
        **_of_writer(at),
        **_of_holder(letter.holder, letter.assignment, at),
    }
    named = LIKELY.get(letter.state, ("AnswerInstruction", "FulfilCommitment"))
    return st.sampled_from(named).flatmap(acts.__getitem__)


def _entitled(letter: Letter) -> list[By]:
    """Staff who may well have to do with a letter there."""
    slug = letter.bureau or "province"
    return [one for one in STAFF if one.bureau in (None, slug)]


LIKELY = {
    "triage": (*("RouteLetter",) * 5, "DeclineLetter", "AnswerInstruction"),
    "routed": (*("AcceptLetter",) * 5, "ReturnLetter", "DeclineLetter", "MarkPetition"),
    "handling": (
        *("ReplyToLetter", "AskWriter", "RequestMoreTime", "DecideExtension", "PassOnLetter"),
        *("AcceptInUnit", "AddNote", "Instruct", "AnswerInstruction"),
    ),
    "supplement": ("RecordAnswer", "AttachAddition", "AddNote"),
    "signing": (*("SignAnswer",) * 5, "SendBack"),
    "replied": ("RateLetter", "ReopenLetter", "FulfilCommitment", "Instruct", "ProposePublication"),
    "declined": ("AppealRefusal",),
}


def of_holder(letter: Letter, at: datetime) -> st.SearchStrategy[Any]:
    """The holder acts on the letter, or another bureau tries to."""
    who = st.sampled_from([(letter.holder, letter.assignment)] * 6 + [("foshan", 1), ("triage", 0)])
    return who.flatmap(lambda one: st.one_of(*_of_holder(one[0], one[1], at).values()))


Act = tuple[Any, dict[str, Any]]
"""A command, and what its fields may be."""
Acts = dict[str, st.SearchStrategy[Any]]
"""Strategies by the name of the command."""


def _of_holder(bureau: Any, assignment: int, at: datetime) -> Acts:
    slug = None if bureau == "triage" else bureau
    by = By(role="bureau" if slug else "triage", bureau=slug, staff="g-17")
    base: dict[str, Any] = {
        "bureau": st.just(bureau),
        "assignment": st.just(assignment),
        "by": st.just(by),
        "at": st.just(at),
    }
    return _named([*_on_the_way(), *_to_an_answer(at)], base)


def _on_the_way() -> list[Act]:
    words = st.just(NOTE)
    return [
        (AcceptLetter, {}),
        (ReturnLetter, BACK | {"words": words}),
        (
            PassOnLetter,
            {"unit": st.just("u-1"), "police_type": st.sampled_from(["traffic", "legal"])},
        ),
        (AcceptInUnit, {"unit": st.just("u-1")}),
        (AddNote, {"words": words}),
        (
            LinkLetter,
            {"kind": st.just("duplicate"), "other": st.just(OTHER), "own": st.just(LETTER)},
        ),
    ]


def _to_an_answer(at: datetime) -> list[Act]:
    number, words = st.integers(1, 3), st.just(NOTE)
    return [
        (AskWriter, {"words": words}),
        (
            RequestMoreTime,
            {
                "clock": st.sampled_from(["reply", "reopened_reply", "petition", "disclosure"]),
                "days": st.integers(1, 6),
                "reason": st.just("complex"),
                "words": st.just(REASON),
            },
        ),
        (ReplyToLetter, _reply(at)),
        (
            DeclineLetter,
            {
                "decline_reason": st.just("no_content"),
                "where_to_turn": st.none(),
                "words": st.just(REPLY),
            },
        ),
        (AnswerInstruction, {"instruction": number, "words": words}),
        (FulfilCommitment, {"commitment": number, "words": words}),
        (ProposePublication, {}),
    ]


def _named(acts: list[Act], base: dict[str, Any]) -> Acts:
    return {kind.__name__: st.builds(kind, **(base | fields)) for kind, fields in acts}


def _reply(at: datetime) -> dict[str, Any]:
    pledges = promises.map(
        lambda days: tuple(Pledge((at + timedelta(days=day)).date(), NOTE) for day in days)
    )
    return {
        "outcome": st.sampled_from(["resolved", "resolved", "malicious"]),
        "words": st.just(REPLY),
        "finding": st.just("invented"),
        "referred_to": st.just("12345"),
        "commitments": pledges,
        "publication_proposed": st.booleans(),
    }


def at_desks(at: datetime) -> st.SearchStrategy[Any]:
    """The province or a chief decides something."""
    return st.one_of(*_at_desks(at).values())


def _at_desks(at: datetime, who: st.SearchStrategy[By] = staff) -> Acts:
    acts: list[Act] = [
        (RouteLetter, {"bureau": bureaus}),
        (
            ReclassifyLetter,
            {
                "category": categories,
                "police_type": st.none(),
                "about": abouts,
                "excluded": st.sampled_from([(), (), ("foshan",)]),
            },
        ),
        (ConsentReturn, BACK | {"words": st.none()}),
        (RecallLetter, {"reason": st.just("too_slow")}),
        (MarkPetition, {"reason": st.just("by_content"), "words": st.just(REASON)}),
        (MarkDisclosure, {"reason": st.just("by_content"), "words": st.just(REASON)}),
        (SuperviseLetter, {}),
        (ReadLetter, {}),
        (Instruct, {"words": st.just(NOTE)}),
        (
            DecideExtension,
            {"granted": st.booleans(), "days": st.none(), "words": st.just(REASON)},
        ),
        (SignAnswer, {}),
        (SendBack, {"words": st.just(REASON)}),
    ]
    return _named(acts, {"by": who, "at": st.just(at)})


def of_writer(now: datetime) -> st.SearchStrategy[Any]:
    """The writer wants something; it may have been under way for days."""
    return st.one_of(*_of_writer(now).values())


def _of_writer(now: datetime) -> Acts:
    at = st.sampled_from([0, 0, 1, 40]).map(lambda days: now - timedelta(days=days))
    base: dict[str, Any] = {"request_id": requests, "at": at}
    acts: list[Act] = [
        (
            RecordAnswer,
            {"question": st.integers(1, 2), "words": texts, "attachments": st.just((ATTACHMENT,))},
        ),
        (AttachAddition, {"words": texts}),
        (RateLetter, {"solved": st.booleans(), "score": st.integers(1, 5), "words": comments}),
        (ReopenLetter, {"words": texts}),
        (AppealRefusal, {"words": texts}),
        (WithdrawLetter, {"reason": st.just("mistake")}),
    ]
    return _named(acts, base)
