"""A small town's mail: four real shells exchange events, and tests damage what they store.

A bureau's key is entered meanwhile, so one document is about a key holder.

`built()` is made once. Letters: one answered, published, rated and closed; one that waits in
triage; a complaint whose assignment was overdue; one withdrawn; a complaint with a signed answer;
one that turned out to be about its holder; one about the province, withdrawn; a diversion that was
seen in time, and one that became a letter, withdrawn since.
"""

import asyncio
import copy
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from services.intake import store as intake_store
from services.intake import wiring as intake
from services.intake.domain.diversion import ResolveDiversion, SeeDiversion
from services.intake.domain.writer_requests import RequestWithdrawal, SubmitRating
from services.intake.jobs import DiversionReleaser
from services.intake.store import FileRecords
from services.notifier import store as notifier_store
from services.notifier import wiring as notifier
from services.notifier.domain.level_firing import FireClocks
from services.notifier.domain.notification_policy import NotificationPolicy
from services.publisher import store as publisher_store
from services.publisher import wiring as publisher
from services.publisher.domain.draft import ApproveDraft, ProposeDraft
from services.publisher.domain.publication import ProblemDeadlines
from services.router import wiring as router
from services.router.domain.reclassification import ReclassifyLetter
from services.router.store import documents as router_store
from services.router.store.public_keys import key_rules
from shared.audit.reading import Archive
from shared.audit.running import Audit
from shared.audit.tally import AuditTally
from shared.contracts.topics import mark_of
from shared.contracts.values import About, Place
from shared.contracts.vocabulary import SERVICES
from shared.kernel.civil import ONE_DAY
from shared.kernel.daily_counts import counted_day
from shared.kernel.letter_number import new_diversion_number, new_letter_number
from shared.platform.letters.service_decider import IdempotentCommand, ServiceDecider
from shared.platform.mongo.database import Document
from shared.platform.repair.watermarks import Behind
from shared.platform.runtime import data_files
from tests.intake.diversions import DIVERSION, divert
from tests.intake.story import ADDRESS, ID_NUMBER, NAME, OWNER, PHONE, SECOND_PHONE, submit
from tests.router.key_story import GZ, confirm, propose
from tests.router.office import accepting, holders_beside, replying, sent_action
from tests.router.story import MONDAY, RULEBOOK, TRIAGE, sign
from tests.support.doubles import Clock, Memory, as_kept
from tests.support.sealed_shell import Round, SealedShell, sealed_shell, seals

ANSWERED, WAITING, OVERDUE, WITHDRAWN, SIGNED, RECALLED, FREED, OF_PROVINCE = (
    new_letter_number(bytes([number] * 10)) for number in (3, 5, 7, 9, 11, 13, 15, 19)
)
RELEASED = new_diversion_number(bytes([17] * 10))
"""A diversion that became the letter `FREED`."""
SECRETS = (NAME, ID_NUMBER, PHONE, SECOND_PHONE, ADDRESS, "路灯")
"""Invented words that no report may show."""

Shelves = Mapping[str, SealedShell[Any, Any]]


@dataclass
class Town:
    """The documents of the four services, to be damaged and audited."""

    letters: dict[str, dict[str, Document]]
    """Documents by service, then by letter."""
    as_of: datetime
    moved: dict[str, list[Document]] = field(default_factory=dict)
    parked: dict[str, list[Document]] = field(default_factory=dict)
    counts: list[Document] = field(default_factory=list)
    """Signed daily counts; none, unless `count_days` made them."""

    def document(self, service: str, letter: str = ANSWERED) -> Document:
        """A service's document of a letter."""
        return self.letters[service][letter]

    def entry(self, service: str, topic: str, name: str, letter: str = ANSWERED) -> Document:
        """The log entry of that kind on that topic."""
        log = self.document(service, letter)["log"]
        wanted = (topic, f"gd.mailbox.{name}.v1")
        return next(one for one in log if (one["topic"], one["type"]) == wanted)

    def count_days(self) -> None:
        """The publisher has signed every day up to its last letter's, long after."""
        days: dict[date, list[str]] = {}
        for document in self.letters["publisher"].values():
            if leaf := document["state"].get("leaf"):
                day = date.fromisoformat(document["received_on"])
                days.setdefault(day, []).append(leaf["leaf"])
        day, before = min(days), None
        while day <= max(days):
            counted = counted_day(day, days.get(day, ()))
            before = counted.entry(before, at=self.as_of)
            self.counts.append(
                {"_id": before["number"], "entry": before, "leaves": list(counted.leaves)}
            )
            day += ONE_DAY

    def archives(self) -> tuple[Archive, ...]:
        """All of it, as an audit reads it."""
        return tuple(
            Archive(
                service,
                letters=_memory(self.letters[service].values()),
                moved=_memory(self.moved.get(service, ())),
                parked=_memory(self.parked.get(service, ())),
                counts=_memory(self.counts) if service == "publisher" else None,
            )
            for service in SERVICES
        )

    def audit(self, archives: Sequence[Archive] | None = None, **how: Any) -> Audit:
        """An audit that waits for nothing."""
        return Audit(
            archives or self.archives(),
            how.pop("marks", Still()),
            now=lambda: self.as_of,
            wait=timedelta(),
            pause=timedelta(),
            **how,
        )


@dataclass
class Still:
    """Consumers that have read everything, or everything but `late`."""

    late: list[Behind] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def ends(self, topics: Any) -> Mapping[Any, tuple[int, int]]:
        """All topics are empty."""
        return dict.fromkeys(topics, (0, 0))

    async def incarnations(self) -> Mapping[str, str]:
        """None are known."""
        return {}

    async def behind(
        self, group: str, ends: Any, *, incarnations: Mapping[str, str]
    ) -> Sequence[Behind]:
        """The prepared lag."""
        self.asked.append(group)
        return self.late


def town() -> Town:
    """A copy of the town for one test."""
    return copy.deepcopy(built())


def codes(tally: AuditTally) -> set[str]:
    """The codes that were found."""
    return {breach.finding.code for line in tally.lines.values() for breach in line.shown}


# --- damage --------------------------------------------------------------------------------------


def change(entry: Document, **fields: Any) -> None:
    """Change fields of an entry's data."""
    value = json.loads(entry["value"]) | fields
    entry["value"] = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def said(entry: Document) -> Any:
    """An entry's data."""
    return json.loads(entry["value"])


def put_header(entry: Document, name: str, value: str) -> None:
    """Replace a header."""
    others = [one for one in entry["headers"] if one[0] != name]
    entry["headers"] = [*others, [name, value.encode()]]


def say_again(document: Document, entry: Document, *, topic: str = "", **fields: Any) -> Document:
    """The same once more, under the next number, on its own topic or another."""
    new = copy.deepcopy(entry)
    new["topic"] = topic or entry["topic"]
    mark = mark_of(new["topic"])
    assert mark is not None
    new["sequence"] = document["sent"].get(mark, 0) + 1
    document["sent"][mark] = new["sequence"]
    key = new["key"].decode()
    put_header(new, "ce_sequence", str(new["sequence"]))
    put_header(new, "ce_id", f"{new['topic']}/{key}/{new['sequence']}")
    change(new, **fields)
    document["log"].append(new)
    return new


# --- building ------------------------------------------------------------------------------------


@cache
def built() -> Town:
    """The town, made once for all tests; damage copies of it alone."""
    with ThreadPoolExecutor(1) as beside:  # a test's own loop may be running here
        return beside.submit(lambda: asyncio.run(_build())).result()


async def _build() -> Town:
    now = Clock(MONDAY)
    async with AsyncExitStack() as stack:
        rules: dict[str, ServiceDecider[Any, Any]] = {
            "intake": intake.rules(seals("intake")),
            "router": router.rules(RULEBOOK),
            "notifier": notifier.rules(
                NotificationPolicy(data_files.calendar(), data_files.policies())
            ),
            "publisher": publisher.rules(
                ProblemDeadlines(data_files.calendar(), data_files.policies())
            ),
        }
        shelves: Shelves = {
            name: await stack.enter_async_context(sealed_shell(rules[name], seals(name), now=now))
            for name in SERVICES
        }
        reads = (
            intake_store.READS, router_store.READS, notifier_store.READS, publisher_store.READS
        )  # fmt: skip
        mail = Round(*zip(shelves.values(), reads, strict=True))
        await _live(shelves, mail, now)
        letters = {
            name: {number: as_kept(one) for number, one in shelf.documents.kept.items()}
            for name, shelf in shelves.items()
        }
    return Town(letters, as_of=now() + timedelta(hours=1))


async def _live(shelves: Shelves, mail: Round, now: Clock) -> None:
    """Everything that happens in town."""
    await _submit(shelves, now, ANSWERED)
    await _submit(shelves, now, WAITING, place=Place())
    await _submit(shelves, now, OVERDUE, category="complaint")
    await _submit(shelves, now, WITHDRAWN)
    await _submit(shelves, now, SIGNED, category="complaint")
    await _submit(shelves, now, RECALLED, category="complaint")
    of_province = About(kind="bureau", bureau="province")
    await _submit(shelves, now, OF_PROVINCE, category="complaint", about=of_province)
    await _enter_key(shelves["router"], now)
    await _pass(mail, now)
    await shelves["router"].hear([sent_action(accepting(), letter=ANSWERED)])
    await _pass(mail, now)
    await shelves["router"].hear([sent_action(replying(), letter=ANSWERED)])
    await _pass(mail, now)
    await _decide(shelves, mail, now)
    await _tell(shelves, "publisher", ANSWERED, ProposeDraft(1, "e-1", now()))
    await _tell(shelves, "publisher", ANSWERED, ApproveDraft(1, "e-2", "pub-0001", now()))
    await _tell(shelves, "intake", ANSWERED, SubmitRating(OWNER, "r-1", True, 5, None))
    for letter in (WITHDRAWN, OF_PROVINCE):
        await _tell(shelves, "intake", letter, RequestWithdrawal(OWNER, "r-2", "settled"))
    await _pass(mail, now)
    await _divert(shelves, mail, now)
    now.pass_by(days=2)
    for letter in (OVERDUE, WAITING, RECALLED):
        await _tell(shelves, "notifier", letter, FireClocks(now()))
    await _pass(mail, now)


async def _enter_key(router: SealedShell[Any, Any], now: Clock) -> None:
    """Two people enter a bureau's key."""
    holders = holders_beside(router, key_rules())
    steps = (propose(at=now()), confirm(at=now()))
    folds = await holders.documents.decide_and_store(
        [IdempotentCommand(GZ, step, f"{type(step).__name__}-{GZ}") for step in steps]
    )
    await holders.documents.send(folds)


async def _divert(shelves: Shelves, mail: Round, now: Clock) -> None:
    """One that a person saw in time, and one that was no emergency and has become a letter."""
    for number, becomes in ((DIVERSION, ANSWERED), (RELEASED, FREED)):
        await _tell(shelves, "intake", number, divert(now(), number=number, becomes=becomes))
    await _pass(mail, now)
    now.pass_by(minutes=2)
    await _tell(shelves, "intake", DIVERSION, SeeDiversion("d-1", now()))
    await _tell(shelves, "intake", RELEASED, ResolveDiversion("d-1", now(), "false_alarm"))
    intake = shelves["intake"]
    files = FileRecords(Memory(), intake.seals.ring, now=now)
    await DiversionReleaser(
        intake.documents, intake.letters.state, files=files, tell=intake.commands.execute, now=now
    ).send()
    await intake.quiet()
    await _pass(mail, now)
    await _tell(shelves, "intake", FREED, RequestWithdrawal(OWNER, "r-3", "settled"))
    await _pass(mail, now)


async def _decide(shelves: Shelves, mail: Round, now: Clock) -> None:
    """Decisions of chiefs and of the province's desks."""
    for action in (accepting(), replying()):
        await shelves["router"].hear([sent_action(action, letter=SIGNED)])
    about = About(kind="bureau", bureau="guangzhou")
    found_out = ReclassifyLetter(TRIAGE, now(), "complaint", None, about)
    await _tell(shelves, "router", SIGNED, sign(at=now()))
    await _tell(shelves, "router", RECALLED, found_out)
    await _pass(mail, now)


async def _submit(shelves: Shelves, now: Clock, letter: str, **over: Any) -> None:
    await _tell(shelves, "intake", letter, submit(received_at=now(), **over))


async def _tell(shelves: Shelves, service: str, letter: str, command: Any) -> None:
    name = f"{type(command).__name__}-{letter}"
    await shelves[service].commands.execute(IdempotentCommand(letter, command, name))
    await shelves[service].quiet()


async def _pass(mail: Round, now: Clock) -> None:
    now.pass_by(seconds=7)
    await mail.pass_on()


def _memory(found: Any) -> Memory:
    memory = Memory()
    memory.kept = {one["_id"]: as_kept(one) for one in found}
    return memory
