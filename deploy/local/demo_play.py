"""Who does what in the demo? Writers, a triage clerk, two editors; bureaus play for themselves."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import timedelta
from typing import Any

from deploy.local.demo_faces import DemoFailed, Faces, SaidNo
from deploy.local.demo_letters import DemoLetter, rating
from deploy.local.demo_run import ENDED, DemoRun

CLERK, PROPOSER, APPROVER = "triage-lin", "editor-mei", "editor-zhou"
TARGET = "province"
PUBLIC = {"suggestion", "inquiry"}
AT_ONCE = 8
LOOK_EVERY_S = 1.2
ONE_BY_ONE = 30
"""So many open letters of one writer are read one by one, more by the writer's list."""
PUBLISH_WITHIN_S = 8.0
"""How long editors wait for drafts once every letter has ended: not each becomes one."""

Report = Callable[[DemoRun], None]


class Play:
    """The people of one run."""

    def __init__(
        self, faces: Faces, run: DemoRun, *, letters: Sequence[DemoLetter], most_published: int
    ) -> None:
        self._faces = faces
        self._run = run
        self._letters = {letter.id: letter for letter in letters}
        self._most_published = most_published
        self._settled_at: float | None = None

    async def write(self) -> None:
        """Post every letter that has no number yet. Raises: DemoFailed."""
        new = [one for one in self._letters.values() if one.id not in self._run.numbers]
        began = time.monotonic()
        await each(self._post(letter) for letter in new)
        self._run.submit_s, self._run.submitted = time.monotonic() - began, len(new)

    async def follow(self, report: Report, *, patience: timedelta) -> None:
        """Act for everyone until all letters have ended and been rated, or patience has.

        Raises: DemoFailed.
        """
        until = time.monotonic() + patience.total_seconds()
        writing = asyncio.create_task(self.write())
        try:
            while not (writing.done() and self._is_over()) and time.monotonic() < until:
                if writing.done():
                    writing.result()
                await self._look()
                await self._rate()
                await self._route()
                await self._publish()
                report(self._run)
                await asyncio.sleep(LOOK_EVERY_S)
            if writing.done():
                writing.result()
        finally:
            writing.cancel()
            await asyncio.wait({writing})
        await self._read_all()
        report(self._run)

    async def _post(self, letter: DemoLetter) -> None:
        try:
            taken = await self._faces.post(
                "intake",
                "/v1/letters",
                person=letter.writer,
                key=letter.key(self._run.id),
                content=letter.content,
            )
            self._run.numbers[letter.id] = taken["letter"]
        except SaidNo as no:
            self._run.refused[letter.id] = str(no)

    async def _look(self) -> None:
        """Read what hasn't ended: by their writers' lists when there are many, else one by one."""
        open_ = [one for one in self._letters.values() if self._is_open(one)]
        count = Counter(letter.writer for letter in open_)
        shown: set[str] = set()
        for writer in (writer for writer, waiting in count.items() if waiting > ONE_BY_ONE):
            shown |= await self._read_list(writer)
        missed = [one for one in open_ if self._run.numbers[one.id] not in shown]
        await each(self._read(letter) for letter in missed)

    def _is_open(self, letter: DemoLetter) -> bool:
        number = self._run.numbers.get(letter.id)
        return number is not None and self._run.state(number) not in ENDED

    async def _read_list(self, writer: str) -> set[str]:
        """Read a writer's list; the numbers that stood in it."""
        pages = self._faces.pages(
            "intake", "/v1/letters", person=writer, of="letters", by=("after", "next")
        )
        lines = {line["letter"]: line async for line in pages}
        for number in set(self._run.numbers.values()) & lines.keys():
            self._run.seen[number] = self._run.seen.get(number, {}) | lines[number]
        return set(lines)

    async def _read(self, letter: DemoLetter) -> None:
        number = self._run.numbers[letter.id]
        try:
            self._run.seen[number] = await self._faces.get(
                "intake", f"/v1/letters/{number}", person=letter.writer
            )
        except SaidNo as no:
            raise DemoFailed(
                f"{number} 读不到 can't be read ({no}): this mailbox isn't the one of that run; "
                "start anew, without --resume."
            ) from no

    async def _rate(self) -> None:
        """Writers who have a reply say what they think of it, most of them."""
        ready = [
            letter
            for id_, letter in self._letters.items()
            if id_ not in self._run.rated
            and self._run.state(self._run.numbers.get(id_, "")) == "replied"
        ]
        await each(self._rate_one(letter) for letter in ready)

    async def _rate_one(self, letter: DemoLetter) -> None:
        content, number = rating(letter), self._run.numbers[letter.id]
        if content is not None:
            await self._faces.post(
                "intake",
                f"/v1/letters/{number}/rating",
                person=letter.writer,
                key=letter.key(self._run.id, "rating"),
                content=content,
            )
        self._run.rated.add(letter.id)

    async def _route(self) -> None:
        """The clerk sends on what waits in triage, of this demo alone."""
        ours = set(self._run.numbers.values())
        pages = self._faces.pages(
            "router", "/v1/triage", person=CLERK, of="letters", by=("after", "next")
        )
        found = [letter async for letter in pages if letter["letter"] in ours]
        self._run.waiting = {one["letter"]: ", ".join(one["reasons"]) for one in found}
        await each(self._route_one(one["letter"]) for one in found)

    async def _route_one(self, number: str) -> None:
        try:
            await self._faces.post(
                "router",
                f"/v1/letters/{number}/route",
                person=CLERK,
                key=f"demo-{self._run.id}-route-{number}",
                content={"bureau": TARGET},
            )
            self._run.waiting.pop(number, None)
        except SaidNo as no:
            self._run.waiting[number] = str(no)

    async def _publish(self) -> None:
        """One editor proposes, the other approves, up to the bound."""
        if len(self._run.published) >= self._most_published:
            return
        ours = set(self._run.numbers.values())
        pages = self._faces.pages(
            "publisher", "/v1/drafts", person=PROPOSER, of="drafts", by=("after", "next")
        )
        drafts = [
            draft["letter"]
            async for draft in pages
            if draft["letter"] in ours and draft["category"] in PUBLIC
        ]
        room = self._most_published - len(self._run.published)
        await each(self._publish_one(number) for number in drafts[:room])

    async def _publish_one(self, number: str) -> None:
        draft: dict[str, Any] = {}
        for person, step in ((PROPOSER, "proposal"), (APPROVER, "approval")):
            try:
                draft = await self._faces.post(
                    "publisher",
                    f"/v1/drafts/{number}/{step}",
                    person=person,
                    key=f"demo-{self._run.id}-{step}-{number}",
                )
            except SaidNo:
                return
        if draft.get("path"):
            self._run.published[number] = draft["path"]

    def _is_over(self) -> bool:
        """Whether all that was posted has ended, was rated, and enough of it is published."""
        if not self._has_settled():
            self._settled_at = None
            return False
        self._settled_at = self._settled_at or time.monotonic()
        is_late = time.monotonic() - self._settled_at > PUBLISH_WITHIN_S
        return is_late or len(self._run.published) >= self._most_published

    def _has_settled(self) -> bool:
        numbers = self._run.numbers
        has_ended = all(self._run.state(number) in ENDED for number in numbers.values())
        return has_ended and not any(
            id_ not in self._run.rated and self._run.state(number) == "replied"
            for id_, number in numbers.items()
        )

    async def _read_all(self) -> None:
        """Read every letter whole, for its reply, its rating and its times."""
        await each(self._read(self._letters[id_]) for id_ in self._run.numbers)


async def each(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all of it, a bounded number at once; the first fault ends the rest, and is raised."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(task: Coroutine[Any, Any, None]) -> None:
        async with room:
            await task

    tasks = [asyncio.create_task(one(task)) for task in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
