"""A letter that lived a whole life in all four services, with words by everyone who may write any.

Shells, rules and sealing are the real ones; documents and broker are in memory.
"""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import bson

from services.intake import store as intake_store
from services.intake import wiring as intake
from services.intake.domain.contact import ChangeContact
from services.intake.domain.erasure import EraseLetterParts
from services.intake.domain.identity_reveals import RevealIdentity
from services.intake.domain.writer_requests import SubmitAddition, SubmitAnswer, SubmitRating
from services.notifier import store as notifier_store
from services.notifier import wiring as notifier
from services.notifier.domain.notification_policy import NotificationPolicy
from services.publisher import store as publisher_store
from services.publisher import wiring as publisher
from services.publisher.domain.publication import ProblemDeadlines
from services.router import wiring as router
from services.router.store import documents as router_store
from shared.contracts.actions_v1 import Ask, Fulfil
from shared.contracts.actions_v1 import Note as NoteAction
from shared.contracts.topics import ALL
from shared.contracts.values import Attachment, Promise
from shared.contracts.vocabulary import SERVICES, Erasable
from shared.contracts.words import Comment, Contact, Note, Reason, WriterText
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import IdempotentCommand, ServiceDecider
from shared.platform.repair.incarnations import resend_entries
from shared.platform.runtime import data_files
from tests.intake.story import IDENTITY, LETTER, OWNER, PHONE, submit
from tests.router.office import accepting, replying, sent_action
from tests.router.story import MONDAY, RULEBOOK
from tests.support.doubles import Clock, MemoryBus
from tests.support.sealed_shell import BLIND, Round, SealedShell, sealed_shell, seals

READS: Mapping[str, Sequence[str]] = {
    "intake": intake_store.READS,
    "router": router_store.READS,
    "notifier": notifier_store.READS,
    "publisher": publisher_store.READS,
}
RULE = "operator.order"
FILE = Attachment(id="file-1", type="image/png", size=9, sha256="5" * 64)
JWE = re.compile(rb"[\w-]{20,}\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+")
"""Sealed words, wherever they stand."""


@dataclass
class Lived:
    """The four services, and the one letter."""

    shelves: Mapping[str, SealedShell[Any, Any]]
    mail: Round
    now: Clock

    async def tell(self, service: str, command: Any) -> None:
        """Give a service a command."""
        shelf = self.shelves[service]
        name = f"{type(command).__name__}-{self.now().timestamp():.0f}"
        await shelf.commands.execute(IdempotentCommand(LETTER, command, name))
        await shelf.quiet()
        await self.pass_on()

    async def act(self, action: Any) -> None:
        """The bureau requests an action."""
        await self.shelves["router"].hear([sent_action(action, letter=LETTER)])
        await self.pass_on()

    async def pass_on(self) -> None:
        """Time passes, and every service reads everything."""
        self.now.pass_by(seconds=7)
        await self.mail.pass_on()

    async def erase(self, *what: Erasable) -> None:
        """A rule's time is over, and every service has heard of it and acted."""
        await self.tell("intake", EraseLetterParts(what, RULE))
        for shelf in self.shelves.values():
            while await shelf.erasing.erase():
                pass
            await shelf.erasing.erase_parked()

    def kept(self, service: str) -> bytes:
        """Everything that a service stores, to be searched."""
        shelf = self.shelves[service]
        found = [*shelf.documents.kept.values(), *shelf.moved.kept.values()]
        return b"".join(bson.encode(one) for one in found)

    async def resent(self, service: str) -> list[Outbound]:
        """Everything that a service would send again, in order."""
        bus, shelf = MemoryBus(), self.shelves[service]
        async for _ in resend_entries(
            shelf.history, Sender(bus), where={}, is_wanted=lambda _: True
        ):
            pass
        return [record for sent in bus.sends for record in sent]

    def on_topics(self) -> list[Outbound]:
        """Everything that was ever sent."""
        topics = (topic.name for topic in ALL)
        return [
            one for name in topics for shelf in self.shelves.values()
            for one in shelf.bus.records(name)
        ]  # fmt: skip


def envelopes(records: Iterable[Outbound]) -> set[bytes]:
    """All sealed words in these."""
    return {found for one in records for found in JWE.findall(one.value)}


def all_rules() -> dict[str, ServiceDecider[Any, Any]]:
    """Of the four services."""
    calendar, policies = data_files.calendar(), data_files.policies()
    return {
        "intake": intake.rules(seals("intake"), BLIND),
        "router": router.rules(RULEBOOK),
        "notifier": notifier.rules(NotificationPolicy(calendar, policies)),
        "publisher": publisher.rules(ProblemDeadlines(calendar, policies)),
    }


@asynccontextmanager
async def lived() -> AsyncIterator[Lived]:
    """A letter that has ended; all have heard all."""
    now, rules = Clock(MONDAY), all_rules()
    async with AsyncExitStack() as stack:
        shelves: dict[str, SealedShell[Any, Any]] = {
            name: await stack.enter_async_context(sealed_shell(rules[name], seals(name), now=now))
            for name in SERVICES
        }
        mail = Round(*((shelves[name], READS[name]) for name in SERVICES))
        story = Lived(shelves, mail, now)
        await _live(story)
        yield story


async def _live(story: Lived) -> None:
    await story.tell("intake", submit(received_at=story.now(), attachments=(FILE,)))
    await story.act(accepting())
    common: dict[str, Any] = {"assignment": 1, "made_at": MONDAY, "staff": "g-17"}
    await story.act(NoteAction(action_id=uuid4(), **common, words=Note(text="我去看看")))
    await story.act(Ask(action_id=uuid4(), **common, words=Note(text="哪一盏灯？")))
    await story.tell("intake", SubmitAnswer(OWNER, "r-1", 1, WriterText(text="村口那盏")))
    await story.tell("intake", SubmitAddition(OWNER, "r-2", WriterText(text="还有一盏")))
    await story.tell("intake", ChangeContact(OWNER, Contact(phone=PHONE), IDENTITY))
    reveal = RevealIdentity(
        "v-1",
        "supervisor",
        None,
        "s-1",
        "to_check_facts",
        story.now(),
        Reason(text="核实"),
        story.now(),
    )
    await story.tell("intake", reveal)
    promise = Promise(due_on=date(2026, 12, 30), words=Note(text="年底前换新灯"))
    await story.act(replying(commitments=(promise,), publication_proposed=True))
    await story.tell("intake", SubmitRating(OWNER, "r-3", True, 5, Comment(text="谢谢")))
    await story.act(
        Fulfil(action_id=uuid4(), **common, commitment=1, words=Note(text="已换，见照片"))
    )
