"""Letters of these tests."""

from functools import partial
from typing import Any, TypeVar

from services.publisher.domain import Command, PublisherEvent, evolve, rule_table
from services.publisher.domain import decide as decide_by
from services.publisher.domain.letter import PublisherLetter
from services.publisher.domain.publication import ProblemDeadlines
from services.publisher.wiring import rules
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    LetterReceived,
    LetterReplied,
    LetterRouted,
    LetterWithdrawn,
)
from shared.contracts.submitted_v1 import LetterSubmitted, PublicationCopied
from shared.contracts.values import By, Place, Receipt, Triage
from shared.contracts.vocabulary import Category
from shared.contracts.words import PublicText
from shared.platform.runtime import data_files
from tests.support.given import Decider, Given
from tests.support.moving import moment

FactT = TypeVar("FactT", bound=Fact)

DEADLINES = ProblemDeadlines(data_files.calendar(), data_files.policies())
RULES = rules(DEADLINES)
decide = partial(decide_by, rules=rule_table(DEADLINES))
given: Given[Command, PublisherLetter, PublisherEvent] = Given(
    Decider(PublisherLetter(), decide, evolve)
)

LETTER = "GD-7K2M-9QXT-4HBN-W3RD-5"
OTHER = "GD-2T5C-8WZE-1JPV-6NAG-K"
MEI, ZHOU = "s-mei", "s-zhou"

WORDS = PublicText(
    title="路口的信号灯太短",
    text="我是〔姓名〕，住在附近。\n行人来不及过马路。",
    reply="已将绿灯延长八秒。",
)


def said(kind: type[FactT], /, **fields: Any) -> FactT:
    """Any fact of the router; Guangzhou has answered the letter by default."""
    held = {"state": "replied", "holder": "guangzhou", "assignment": 1}
    return kind.model_validate(held | {"by": By(role="bureau")} | fields)


def received(category: Category = "request") -> LetterReceived:
    """The router has the letter."""
    return LetterReceived(
        state="submitted",
        holder="triage",
        assignment=0,
        by=By(role="rule"),
        received_at=moment(24),
        category=category,
        police_type="traffic",
        place=Place(city="guangzhou"),
        confidence=1.0,
        policy_version="1",
        receipt=Receipt(due_on=moment(30).date(), calendar_version="1", policy_version="1"),
    )


def routed(category: Category = "request") -> LetterRouted:
    """A bureau has the letter."""
    return LetterRouted(
        state="routed",
        holder="guangzhou",
        assignment=1,
        by=By(role="rule"),
        bureau="guangzhou",
        category=category,
        masked=False,
        why="rule",
    )


def replied() -> LetterReplied:
    """The writer has a reply."""
    return LetterReplied(
        state="replied",
        holder="guangzhou",
        assignment=1,
        by=By(role="bureau"),
        reply=1,
        outcome="resolved",
    )


def withdrawn() -> LetterWithdrawn:
    """The writer has taken the letter back."""
    return LetterWithdrawn(
        state="withdrawn",
        holder="guangzhou",
        assignment=1,
        by=By(role="writer"),
        reason="settled",
    )


def answered(category: Category = "request") -> tuple[Fact, ...]:
    """The router's events up to a reply."""
    return received(category), routed(category), replied()


def copied(words: PublicText | None = WORDS, copy: int = 1) -> PublicationCopied:
    """Intake has made a copy."""
    given: dict[str, Any] = {"copy": copy, "consent_version": "1", "words": words}
    return PublicationCopied.model_validate(given)


def submitted(category: Category = "request") -> LetterSubmitted:
    """A letter as the publisher receives it, without words."""
    return LetterSubmitted(
        received_at=moment(24),
        channel="web",
        lang="zh",
        category=category,
        notice_version="1",
        text_sha256="0" * 64,
        triage=Triage.model_validate({"class": "accept"}),
    )
