"""A letter's whole way through intake, router and publisher, and its writer shown nowhere."""

import json
import logging
import pickle
import traceback
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bson
import pytest
from prometheus_client import REGISTRY
from prometheus_client.exposition import generate_latest

from services.intake import store as intake_store
from services.publisher.domain.draft import ApproveDraft, ProposeDraft
from services.publisher.domain.letter import PublisherLetter
from services.publisher.store import READS as PUBLISHER_READS
from services.router.store import documents as router_store
from shared.contracts.topics import PUBLISHED, RELEASES, SUBMITTED, letters_of
from shared.contracts.words import ReplyText, Unsealed
from shared.kernel.letter_number import new_publication_id
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Document
from shared.platform.runtime.logs import OURS, JsonLines
from tests.intake.front import Front, front
from tests.intake.story import (
    ADDRESS,
    EMAIL,
    ID_NUMBER,
    NAME,
    PHONE,
    SECOND_PHONE,
    TEXT,
    WECHAT,
)
from tests.publisher.story import RULES as PUBLISHER_RULES
from tests.router.office import Office, accepting, office, replying
from tests.router.story import sign
from tests.support.sealed_shell import Round, SealedShell, opened, sealed_shell, seals

OWN = (NAME, ID_NUMBER, PHONE, SECOND_PHONE, EMAIL, WECHAT, ADDRESS)
COMMENT = "多谢各位民警"
REPLY = f"{NAME}您好，已电话{PHONE}告知：路牌已修。"
WORDS = (TEXT, "路牌", "请修", "路口", COMMENT, "已修")
SECRETS = (*OWN, *WORDS)
GUANGZHOU = letters_of("guangzhou").name
PUBLICATION = new_publication_id(bytes(range(10)))


@dataclass
class Suite:
    """Three services that read each other's events."""

    intake: Front
    router: Office
    publisher: SealedShell[Any, Any]
    round: Round
    answers: list[str] = field(default_factory=list)

    async def live_through(self) -> str:
        """From the letter to its publication and rating, with refusals on the way; its number."""
        number = await self.intake.taken_in(body=TEXT)
        await self.round.pass_on()
        await self.router.act(accepting(), letter=number)
        await self.router.act(accepting(), letter=number)
        await self.router.act(accepting(), "foshan", letter=number)
        await self.router.act(replying(words=ReplyText(text=REPLY)), letter=number)
        await self.round.pass_on()
        await self.ask_wrongly(number)
        await self.publish(number)
        rating = {"solved": True, "score": 5, "comment": COMMENT}
        await self.intake.post(f"/v1/letters/{number}/rating", rating)
        await self.round.pass_on()
        return number

    async def ask_wrongly(self, number: str) -> None:
        """Requests that are refused, in several ways."""
        path = f"/v1/letters/{number}"
        asked = [
            await self.intake.post("/v1/letters", {"subject": TEXT, NAME: PHONE}),
            await self.intake.post("/v1/letters", TEXT.encode()),
            await self.intake.submit(key="letter-key-00000", body=TEXT + TEXT),
            await self.intake.get(path, "huang"),
            await self.intake.post(f"{path}/rating", {"solved": NAME, "score": PHONE}),
            await self.router.route(number, TEXT),
            await self.router.route(number, "foshan"),
        ]
        self.intake.shelf.documents.unread.append(True)
        asked.append(await self.intake.get(path))
        assert {answer.status_code for answer in asked} == {400, 404, 409, 422, 503}
        self.answers += [answer.text + str(answer.headers) for answer in asked]

    async def publish(self, number: str) -> None:
        """Two editors publish the copy."""
        now = self.publisher.now()
        tell = self.publisher.commands.execute
        await tell(IdempotentCommand(number, ProposeDraft(1, "mei", now), "propose"))
        await tell(IdempotentCommand(number, ApproveDraft(1, "zhou", PUBLICATION, now), "approve"))
        await self.publisher.quiet()

    @property
    def shelves(self) -> tuple[SealedShell[Any, Any], ...]:
        return self.intake.shelf, self.router.shelf, self.publisher


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with AsyncExitStack() as all_of_them:
        enter = all_of_them.enter_async_context
        intake = await enter(front(tmp_path))
        router = await enter(office(tmp_path))
        router.shelf.now.at = intake.shelf.now.at
        keys = seals("publisher")
        publisher = await enter(sealed_shell(PUBLISHER_RULES, keys, now=intake.shelf.now))
        members = Round(
            (intake.shelf, intake_store.READS),
            (router.shelf, router_store.READS),
            (publisher, PUBLISHER_READS),
        )
        yield Suite(intake, router, publisher, members)


def found_in(text: str, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    """Secrets in `text`, plain or as JSON escapes them."""
    return [one for one in secrets if one in text or json.dumps(one)[1:-1] in text]


async def test_the_way_is_the_one_that_a_letter_goes(suite: Suite) -> None:
    number = await suite.live_through()
    letter = await suite.intake.letter(number)
    assert letter.state == "closed"
    assert [one.status for one in letter.requests] == ["done"]
    assert letter.answer is not None
    assert letter.answer.words is not None
    assert letter.answer.words.text == REPLY
    assert suite.router.shelf.said_types(GUANGZHOU) == [
        "letter.assigned",
        "letter.identity",
        "letter.accepted",
        "action.applied",
        "action.refused",
        "letter.replied",
        "action.applied",
        "letter.rated",
        "letter.closed",
        "publication.noted",
    ]
    assert suite.publisher.said_types(PUBLISHED.name) == ["letter.published"]
    assert suite.publisher.said_types(RELEASES.name) == ["release.published"]


async def test_the_bureau_opens_the_identity_and_nobody_else_does(suite: Suite) -> None:
    await suite.live_through()
    identity = suite.router.shelf.said(GUANGZHOU)[1]
    assert set(identity.data.envelope) == {"bureau:guangzhou"}
    envelope = opened(identity, "bureau:guangzhou").envelope
    assert (envelope.name, envelope.id_number, envelope.phone) == (NAME, ID_NUMBER, PHONE)
    for shelf in suite.shelves:
        for topic in shelf.bus.topics:
            for said in shelf.said(topic):
                readers = set(getattr(said.data, "envelope", None) or ())
                assert readers <= {"bureau:guangzhou"}


async def test_what_is_published_names_nobody(suite: Suite) -> None:
    number = await suite.live_through()
    state = await suite.publisher.letters.state(number)
    assert isinstance(state, PublisherLetter)
    kept = json.dumps(
        suite.publisher.rules.state.dump_python(
            state, mode="json", context={"seal": lambda _, plain: plain}
        ),
        ensure_ascii=False,
    )
    assert "〔本人姓名〕您好，已电话〔电话〕告知：路牌已修。" in kept
    assert found_in(kept, OWN) == []
    assert number not in str(suite.publisher.bus.records(RELEASES.name)[0].value)


async def test_no_record_and_no_document_holds_a_secret_in_clear(suite: Suite) -> None:
    number = await suite.live_through()
    for shelf in suite.shelves:
        secrets = OWN if shelf is suite.publisher else SECRETS
        for kept in [*shelf.documents.kept.values(), *shelf.strangers.kept.values()]:
            document = _without_title(kept) if shelf is suite.intake.shelf else kept
            raw = bson.encode(document)
            assert found_in(raw.decode("utf-8", "replace") + str(document), secrets) == []
        for records in shelf.bus.topics.values():
            for record in records:
                assert found_in(str(record.headers) + record.value.decode(), secrets) == []
    assert found_in(str(suite.intake.keys.kept)) == []
    assert number in suite.intake.shelf.documents.kept


def _without_title(document: Document) -> Document:
    """Intake's document without the title that everyone can read."""
    publication = document["state"]["publication"]
    assert publication["title"] == document["published"]["title"]
    state = {**document["state"], "publication": {**publication, "title": ""}}
    return {**document, "state": state, "published": None}


async def test_no_log_metric_or_problem_holds_a_secret(
    suite: Suite, caplog: pytest.LogCaptureFixture
) -> None:
    for name in OURS:
        caplog.set_level(logging.DEBUG, logger=name)
    number = await suite.live_through()
    assert caplog.records, "nothing was logged, so that nothing was looked at"
    lines = "\n".join(map(JsonLines("test").format, caplog.records))
    assert found_in(lines) == []
    assert found_in(caplog.text) == []
    metrics = generate_latest(REGISTRY).decode()
    assert "mailbox_intake_letters_submitted_total" in metrics
    assert found_in(metrics) == []
    assert number not in metrics
    assert len(suite.answers) == 8
    assert found_in("\n".join(suite.answers)) == []


async def test_nothing_that_is_in_memory_shows_itself(suite: Suite) -> None:
    number = await suite.live_through()
    shown: list[Any] = [suite.publisher]
    for shelf in suite.shelves[:2]:
        state = await shelf.letters.state(number)
        loaded = await shelf.letters._load([number])
        shown += [state, loaded, shelf.seals, shelf.letters, shelf.commands]
        shown += [shelf.said(topic) for topic in shelf.bus.topics]
    for each in shown:
        assert found_in(repr(each) + str(each) + f"{each}") == []


async def test_words_are_neither_pickled_nor_dumped_nor_iterated(suite: Suite) -> None:
    letter = await suite.intake.letter(await suite.live_through())
    for words in (letter.words, letter.identity, letter.contact):
        assert words is not None
        for leak in (pickle.dumps, dict, lambda one: one.model_dump_json()):
            with pytest.raises(Unsealed) as refused:
                leak(words)
            assert found_in("".join(traceback.format_exception(refused.value))) == []


async def test_a_masked_letters_writer_reaches_no_bureau_at_all(suite: Suite) -> None:
    number = await suite.intake.taken_in(category="complaint", body=TEXT)
    await suite.round.pass_on()
    await suite.router.act(accepting(), letter=number)
    await suite.router.act(replying(), letter=number)
    await suite.router.shelf.commands.execute(
        IdempotentCommand(number, sign(at=suite.router.shelf.now()), "sign")
    )
    await suite.round.pass_on()
    rating = {"solved": False, "score": 1, "comment": f"我{NAME}不满意"}
    await suite.intake.post(f"/v1/letters/{number}/rating", rating)
    await suite.round.pass_on()
    said = suite.router.shelf.said(GUANGZHOU)
    assert "identity.withheld" in suite.router.shelf.said_types(GUANGZHOU)
    assert "letter.rated" in suite.router.shelf.said_types(GUANGZHOU)
    for one in said:
        clear = opened(one, "bureau:guangzhou")
        words = getattr(clear, "words", None)
        text = words.plaintext().decode() if words is not None else ""
        assert found_in(text, OWN) == []
        assert getattr(clear, "envelope", None) is None
    types = suite.intake.shelf.said_types(SUBMITTED.name)
    assert "identity.sealed" not in types
