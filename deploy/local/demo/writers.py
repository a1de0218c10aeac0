"""The demo's writers: they send letters, read answers, reply, rate and sometimes ask for more."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from typing import Any

from deploy.local.demo.desk import handed_in
from deploy.local.demo.diary import Diary
from deploy.local.demo.http_client import DemoFailed, Faces, SaidNo
from deploy.local.demo.letters import DemoLetter, Json, adds, appeals, rating, reopens, withdraws
from deploy.local.demo.run import DemoRun

AT_ONCE = 8
ONE_BY_ONE = 30
"""Up to so many open letters of one writer are read one by one, more through the list."""
TALKED_OVER = frozenset(("handling", "supplement"))
"""States in which a letter is read whole, because its bureau may ask a question."""

ANSWER = {
    "zh": "补充如下：上周三晚上八点左右，在小区东门，当时还有两位邻居在场。",
    "en": "It was at about eight on Wednesday evening, at the east gate; two neighbours saw it.",
}
MORE = {
    "zh": "补充一点：今天又看到同样的情况。",
    "en": "One thing more: I saw the same again today.",
}
AGAIN = {
    "zh": "答复没有解决我反映的问题，请再处理一次。",
    "en": "This does not settle what I wrote about; please look into it again.",
}
APPEAL = {
    "zh": "我认为这件事应当由公安机关受理，请复核。",
    "en": "I think that this is a matter for the police; please look at the refusal again.",
}


class Writers:
    """All writers of one run."""

    def __init__(
        self,
        faces: Faces,
        run: DemoRun,
        *,
        letters: Sequence[DemoLetter],
        diary: Diary,
    ) -> None:
        self._faces = faces
        self._run = run
        self._letters = {letter.id: letter for letter in letters}
        self._diary = diary

    async def write(self) -> None:
        """Post every letter that is written and has no number yet. Raises: DemoFailed."""
        new = [letter for letter in self.unsent if self._diary.has_written(letter.lot)]
        began = time.monotonic()
        await each(self._post(letter) for letter in new)
        self._run.submit_s, self._run.submitted = time.monotonic() - began, len(new)

    @property
    def unsent(self) -> list[DemoLetter]:
        """The letters that are still to be posted."""
        run = self._run
        done = run.numbers.keys() | run.refused.keys() | run.diverted.keys()
        return [letter for letter in self._letters.values() if letter.id not in done]

    async def look(self) -> None:
        """Read the open letters: through a writer's list if there are many, else one by one."""
        open_ = [letter for letter in self._letters.values() if self._is_open(letter)]
        count = Counter(letter.writer for letter in open_)
        shown: set[str] = set()
        for writer in (writer for writer, waiting in count.items() if waiting > ONE_BY_ONE):
            shown |= await self._read_list(writer)
        await each(self._read(letter) for letter in open_ if self._wants_all(letter, shown))

    async def read_all(self) -> None:
        """Read every letter whole, for its reply, its rating and its times."""
        await each(self._read(self._letters[id_]) for id_ in self._run.numbers)

    async def read(self, numbers: Collection[str]) -> None:
        """Read these letters whole, if they belong to this demo, and those in doubt or awaited."""
        numbers_to_read = self._run.doubtful.union(numbers)
        self._run.doubtful.clear()
        wanted = [
            one
            for one in self._sent()
            if self._run.numbers[one.id] in numbers_to_read or one.id in self._run.awaited
        ]
        await each(self._read(letter) for letter in wanted)

    async def keep_promises(self) -> bool:
        """Read the letters with open promises; return whether all promises are kept."""
        promised = [
            one
            for one in self._sent()
            if any(map(_is_to_come, self._seen(one).get("promises", ())))
        ]
        await each(self._read(letter) for letter in promised)
        return not any(
            _is_to_come(promise) for one in promised for promise in self._seen(one)["promises"]
        )

    async def act(self) -> None:
        """Do what the letters' states call for, each action once."""
        await each(task for letter in self._sent() for task in self._tasks(letter))

    def have_settled(self) -> bool:
        """Return whether every letter has ended and no writer has anything left to do."""
        return not any(self._is_open(letter) or self._wants(letter) for letter in self._sent())

    async def _post(self, letter: DemoLetter) -> None:
        try:
            number, diversion = await handed_in(self._faces, letter, run=self._run.id)
        except SaidNo as no:
            self._run.refused[letter.id] = str(no)
            return
        if number is not None:
            self._run.numbers[letter.id] = number
        elif diversion is not None:
            self._run.diverted[letter.id] = diversion

    def _sent(self) -> list[DemoLetter]:
        return [one for one in self._letters.values() if one.id in self._run.numbers]

    def _is_open(self, letter: DemoLetter) -> bool:
        if letter.id not in self._run.numbers:
            return False
        return self._state(letter) not in self._run.ends or letter.id in self._run.awaited

    def _wants_all(self, letter: DemoLetter, shown: set[str]) -> bool:
        is_awaited = letter.id in self._run.awaited or self._state(letter) in TALKED_OVER
        return is_awaited or self._run.numbers[letter.id] not in shown

    async def _read_list(self, writer: str) -> set[str]:
        """Read a writer's list and return the numbers in it."""
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
            seen = await self._faces.get("intake", f"/v1/letters/{number}", person=letter.writer)
        except SaidNo as no:
            raise DemoFailed(
                f"{number} 读不到 can't be read ({no}): this mailbox isn't the one of that run; "
                "start over, without --resume."
            ) from no
        self._run.seen[number] = seen
        if all(request["status"] != "sent" for request in seen["requests"]):
            self._run.awaited.discard(letter.id)

    def _tasks(self, letter: DemoLetter) -> list[Coroutine[Any, Any, None]]:
        return [
            self._ask(letter, *wish)
            for wish in self._wants(letter)
            if self._diary.is_due(f"{letter.id} {wish[0]}", wish[0].split("-")[0], lot=letter.lot)
        ]

    def _wants(self, letter: DemoLetter) -> list[tuple[str, str, Json | None]]:
        """Return the writer's next actions as name, route and request body."""
        if letter.id in self._run.awaited:
            return []
        found = _wishes(letter, self._seen(letter), is_done=self._is_done(letter))
        return [wish for wish in found if not self._is_done(letter)(wish[0])]

    async def _ask(self, letter: DemoLetter, name: str, route: str, content: Json | None) -> None:
        number = self._run.numbers[letter.id]
        if route:
            await self._faces.post(
                "intake",
                f"/v1/letters/{number}/{route}",
                person=letter.writer,
                key=letter.key(self._run.id, name),
                content=content,
            )
            self._run.awaited.add(letter.id)
        self._run.done.add(f"{letter.id} {name}")

    def _is_done(self, letter: DemoLetter) -> Callable[[str], bool]:
        return lambda name: f"{letter.id} {name}" in self._run.done

    def _state(self, letter: DemoLetter) -> str:
        return self._run.state(self._run.numbers[letter.id])

    def _seen(self, letter: DemoLetter) -> Json:
        return self._run.seen.get(self._run.numbers[letter.id], {})


def _is_to_come(promise: Json) -> bool:
    return promise["standing"] in ("open", "broken")


def _wishes(
    letter: DemoLetter, seen: Json, *, is_done: Callable[[str], bool]
) -> list[tuple[str, str, Json | None]]:
    """Return all that the writer would do about a letter in this state, done or not."""
    state, lang = str(seen.get("state", "")), letter.language
    match state:
        case "submitted" | "triage" | "routed" if withdraws(letter):
            return [("withdrawal", "withdrawal", {"reason": "settled"})]
        case "routed" | "handling" if adds(letter):
            return [("addition", "addition", {"text": MORE[lang]})]
        case "supplement":
            return [
                (f"answer-{number}", "answer", {"question": number, "text": ANSWER[lang]})
                for number in (one["question"] for one in seen.get("questions", ()))
            ]
        case "declined" if appeals(letter):
            return [("appeal", "appeal", {"text": APPEAL[lang]})]
        case "replied" if reopens(letter) and is_done("rating"):
            again = ("reopening", "reopening", {"text": AGAIN[lang]})
            return [again, _rated(letter, is_last=True)] if is_done("reopening") else [again]
        case "replied":
            return [_rated(letter, is_last=is_done("reopening"))]
        case _:
            return []


def _rated(letter: DemoLetter, *, is_last: bool) -> tuple[str, str, Json | None]:
    """Return the rating of the reply as an action; without a route if the writer doesn't rate."""
    name, content = "rating-2" if is_last else "rating", rating(letter, is_last=is_last)
    return name, "rating" if content is not None else "", content


async def each(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all coroutines, AT_ONCE at a time; the first error cancels the rest and is raised."""
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
