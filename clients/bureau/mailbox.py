"""`Mailbox`: one bureau's connection to its letters and actions.

It reads the bureau's topic twice. `letters()` follows the caller's pace and commits its position. A
second reader always reads on, so that actions get their answers while the caller is busy. It reads
`mailbox.keys` too, so that actions are sealed with the newest keys.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from clients.bureau._kafka.bookmarks import Bookmarks
from clients.bureau._kafka.connection import (
    ActionProducer,
    Connection,
    TopicConsumer,
    Unreachable,
    utc_now,
)
from clients.bureau._kafka.reader import Reader
from clients.bureau._kafka.record import Raw
from clients.bureau._store.gap_requests import MissingEvents, asked_again
from clients.bureau._store.holdings import Holding, Holdings
from clients.bureau._store.journal import Journal
from clients.bureau._store.unanswered import UnansweredActions
from clients.bureau.action_records import Made, record_of, with_id, with_next_id
from clients.bureau.actions import BureauActions
from clients.bureau.arrivals import Arrived, Unread, opened, read
from clients.bureau.attachments import AttachmentFetcher, FileAccess, NotFetched
from clients.bureau.outcomes import Applied, NoAnswer, Outcome, Refused
from clients.bureau.sealing import Keys
from clients.bureau.settings import BadSettings, BureauSettings, load
from shared.contracts.envelope import KafkaRecord
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import KEYS, actions_of, group_prefix, letters_of
from shared.contracts.values import Attachment

SEND_AGAIN_S = 10.0
PATIENCE_S = 60.0
ASKING_S = 5.0
"""Longest time for which reading waits while a request for missing events is sent."""
LOOK_S = 0.2
"""Delay between checks whether the topic was read to its end."""
STAFF = "system"

_log = logging.getLogger(__name__)


class Mailbox(BureauActions):
    """One bureau's letters, and all actions of `BureauActions`; an async context manager."""

    def __init__(
        self,
        slug: Bureau,
        connection: Connection,
        *,
        keys: Keys,
        name: str = "mailbox",
        staff: str = STAFF,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`name`: consumer group suffix of one program of the bureau.

        `staff`: opaque id of the person who acts. `patience_s`: longest wait for an answer.
        """
        self.slug = slug
        self.unreadable: list[Unread] = []
        """The last hundred records that `letters` couldn't read."""
        self._connection = connection
        self._keys = keys
        self._group = f"{group_prefix(f'bureau:{slug}')}{name}"
        self._staff = staff
        self._patience_s = patience_s
        self._book = Holdings()
        self._news = asyncio.Condition()
        self._has_caught_up = False
        self._fault: Unreachable | None = None
        self._stack = AsyncExitStack()
        self._sending: ActionProducer | None = None
        self._journal_file: Path | None = None
        self._file_access: Callable[[], FileAccess] | None = None
        self._fetcher: AttachmentFetcher | None = None
        self._remembered = UnansweredActions()

    @classmethod
    def from_environment(cls, slug: Bureau, *, name: str = "mailbox", staff: str = STAFF) -> Self:
        """Create it from MAILBOX_… variables, else for the local stack.

        Raises: BadSettings; BadKeyFile.
        """
        settings = load(BureauSettings)
        keys = settings.keys(slug)
        mailbox = cls(slug, settings.connection(slug), keys=keys, name=name, staff=staff)
        mailbox.with_files(partial(settings.file_access, slug))
        return mailbox.with_journal(settings.bureau_journal_file)

    def with_journal(self, file: Path | None) -> Self:
        """Keep unanswered actions in that file and repeat them after a restart; None: don't.

        Only one program at a time may use the file.
        """
        self._journal_file = file
        return self

    def with_files(self, access: Callable[[], FileAccess]) -> Self:
        """Fetch files where and as which client `access` says, when the first one is fetched."""
        self._file_access = access
        return self

    async def __aenter__(self) -> Self:
        """Connect. Raises: Unreachable; NoTopic; BadJournal; OSError."""
        async with AsyncExitStack() as stack:
            self._remembered = UnansweredActions(self._journal())
            self._sending = await stack.enter_async_context(self._connection.sending())
            topics = [letters_of(self.slug).name, KEYS.name]
            reading = await stack.enter_async_context(self._connection.reading(topics))
            watch = asyncio.create_task(self._watch(reading))
            stack.push_async_callback(_ended, watch)
            repeat = asyncio.create_task(self._repeat())
            stack.push_async_callback(_ended, repeat)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disconnect."""
        await self._stack.aclose()

    async def letters(self) -> AsyncGenerator[Arrived, None]:
        """All events from the router, in order for each letter; the generator never ends by itself.

        An event is done when the next one is requested; others come again after a restart.
        Events missing for half a minute are requested again.
        Raises: Unreachable; NoTopic.
        """
        topic = letters_of(self.slug).name
        async with self._connection.reading([topic], group=self._group) as reading:
            marks = Bookmarks(await self._connection.kept(self._group, reading.places))
            reader = Reader(reading, marks, on_unreadable=self._note_unreadable)
            try:
                while True:
                    async with aclosing(reader.turn()) as turn:
                        async for arrived in turn:
                            yield opened(arrived, self._keys)
                    for missing in reader.missing():
                        await self._ask_for(missing)
            finally:
                with suppress(Unreachable):
                    await reader.keep()

    async def ask(self, letter: str, action: Action, *, anew: bool = False) -> Outcome:
        """Send the action until it is answered. A refused action is sent again under a new id.

        `anew`: send it under a new id also when it was applied before, for example to pass a
        letter to the same unit a second time.
        Raises: NoAnswer; Unreachable; NoKey; OSError when the journal can't be written.
        """
        until = time.monotonic() + self._patience_s
        await self.caught_up()
        action = with_id(action, bureau=self.slug, letter=letter)
        action = self._under_free_id(action, anew=anew)
        known = self._book.answer(action.action_id)
        if known is not None:
            return known
        record = record_of(action, bureau=self.slug, letter=letter, keys=self._keys)
        with self._remembered.asking(action.action_id, record):
            while (left := until - time.monotonic()) > 0:
                await self._send(record, within_s=left)
                answered = await self._answer(
                    action.action_id, within_s=min(SEND_AGAIN_S, until - time.monotonic())
                )
                if answered is not None:
                    self._remembered.cross_out(action.action_id)
                    return answered
        raise NoAnswer(f"no answer within {self._patience_s:.0f} s")

    async def fetch_attachment(self, letter: str, file: Attachment, *, into: Path) -> Path:
        """Store a file of a letter that the bureau holds in a folder, and return its path.

        Waits while the file is still being checked. Raises: NotFetched; BadSettings; OSError.
        """
        fetcher, until = await self._opened_fetcher(), time.monotonic() + self._patience_s
        while True:
            try:
                return await fetcher.save(letter, file, into=into)
            except NotFetched as no:
                if no.again_after_s is None or time.monotonic() + no.again_after_s > until:
                    raise
                await asyncio.sleep(no.again_after_s)

    def made(self) -> Made:
        """Time and staff of an action that is made now."""
        return Made(made_at=utc_now(), staff=self._staff)

    async def holding(self, letter: str) -> Holding | None:
        """The letter's state at this bureau; None when the bureau never had it.

        Raises: NoAnswer; Unreachable.
        """
        await self.caught_up()
        return self._book.holding(letter)

    async def caught_up(self) -> None:
        """Wait until the topic was read to its end once. Raises: NoAnswer; Unreachable."""
        try:
            async with asyncio.timeout(self._patience_s), self._news:
                await self._news.wait_for(lambda: self._has_caught_up or self._fault)
        except TimeoutError:
            raise NoAnswer("the topic could not be read to its end in time") from None
        self._check_watch()

    async def _opened_fetcher(self) -> AttachmentFetcher:
        """The fetcher, which is closed with the mailbox. Raises: BadSettings."""
        if self._fetcher is None:
            if self._file_access is None:
                raise BadSettings("where files are is not set: Mailbox.with_files")
            fetcher = AttachmentFetcher(self._file_access())
            self._fetcher = await self._stack.enter_async_context(fetcher)
        return self._fetcher

    def _note_unreadable(self, found: Unread) -> None:
        self.unreadable = [*self.unreadable[-99:], found]
        _log.warning(
            "unreadable record skipped",
            extra={"partition": found.partition, "offset": found.offset, "code": found.code},
        )

    async def _ask_for(self, missing: MissingEvents) -> None:
        """Send the request without waiting for its answer; a failure is repeated later."""
        action = asked_again(missing, made_at=utc_now(), staff=self._staff)
        record = record_of(action, bureau=self.slug, letter=missing.letter, keys=self._keys)
        try:
            await self._send(record, within_s=ASKING_S)
        except (Unreachable, NoAnswer) as fault:
            _log.warning("missing events not asked for", extra={"fault": type(fault).__name__})

    def _under_free_id(self, action: Action, *, anew: bool) -> Action:
        """Return the action under its first free id: not refused, and with `anew` not applied."""
        over = (Applied, Refused) if anew else (Refused,)
        while isinstance(self._book.answer(action.action_id), over):
            action = with_next_id(action)
        return action

    async def _send(self, record: KafkaRecord, *, within_s: float) -> None:
        if self._sending is None:
            raise Unreachable("not connected")
        try:
            async with asyncio.timeout(within_s):
                await self._sending.send(actions_of(self.slug).name, record)
        except TimeoutError:
            raise NoAnswer("the broker did not take the action in time") from None

    async def _answer(self, action_id: UUID, *, within_s: float) -> Outcome | None:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s), self._news:
                await self._news.wait_for(
                    lambda: self._book.answer(action_id) is not None or self._fault
                )
        self._check_watch()
        return self._book.answer(action_id)

    def _journal(self) -> Journal | None:
        if self._journal_file is None:
            return None
        return Journal.at(self._journal_file, topic=actions_of(self.slug).name)

    async def _repeat(self) -> None:
        """Repeat actions left unanswered by an earlier run or by an `ask` that gave up."""
        while self._fault is None:
            if self._has_caught_up:
                for record in self._due_again():
                    await self._send_again(record)
            await asyncio.sleep(SEND_AGAIN_S if self._has_caught_up else LOOK_S)

    def _due_again(self) -> list[KafkaRecord]:
        try:
            return self._remembered.due(self._book.answer)
        except OSError as fault:
            _log.warning("journal not written", extra={"fault": type(fault).__name__})
            return []

    async def _send_again(self, record: KafkaRecord) -> None:
        try:
            await self._send(record, within_s=ASKING_S)
        except (Unreachable, NoAnswer) as fault:
            _log.warning("unanswered action not sent", extra={"fault": type(fault).__name__})

    def _check_watch(self) -> None:
        if self._fault is not None:
            raise self._fault

    async def _watch(self, reading: TopicConsumer) -> None:
        try:
            while True:
                await self._note(await reading.poll())
                await reading.rewound()
                self._has_caught_up = self._has_caught_up or await reading.has_caught_up()
        except Unreachable as fault:
            self._fault = fault
            await self._note([])

    async def _note(self, records: list[Raw]) -> None:
        for record in records:
            if record.topic == KEYS.name:
                self._keys.public.take(record)
        found = [read(record) for record in records if record.topic != KEYS.name]
        async with self._news:
            for arrived in found:
                if isinstance(arrived, Arrived):
                    self._book.note(arrived)
            self._news.notify_all()


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
