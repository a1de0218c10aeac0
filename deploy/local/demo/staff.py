"""The demo's staff: a clerk, chiefs, a director, supervisors and editors."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

from deploy.local.demo.diary import Diary
from deploy.local.demo.http_client import Faces, Json, SaidNo
from deploy.local.demo.letters import drawn, lot_of
from deploy.local.demo.run import DemoRun
from deploy.local.demo.writers import each
from deploy.local.fakes.people import chief_of
from shared.contracts.slugs import BUREAUS
from shared.platform.runtime.clock import Now

CLERK, SUPERVISOR, DIRECTOR = "triage-lin", "supervisor-wu", "director-tang"
PROPOSER, APPROVER = "editor-mei", "editor-zhou"
PUBLIC = {"suggestion", "inquiry"}
TARGET = "province"

SENT_BACK = 0.06
"""Share of drafts that the chief sends back, once."""
GRANTED = 0.8
"""Share of extensions that are granted."""
READ = 0.12
"""Share of letters that the director or a chief reads in person."""
INSTRUCTED = 0.3
"""Share of those letters for which they give an instruction."""
SUPERVISED = 0.02
"""Share of letters that the province supervises."""
WITHIN = timedelta(days=14)
"""How far ahead clocks are read: extensions are decided within a working day."""

DIRECTORS = 0.25
"""Share of the letters read in person that the director reads."""
AGAIN = {"sign"}
"""Routes that may be used more than once for a letter."""
MISSING = "请补充办理依据和后续安排，再报签发。"
INSTRUCTION = "请认真核查，依法办理，并把结果答复来信人。"

Act = tuple[str, str, Json]
"""Person, route and request body of an action."""


class Staff:
    """All staff except the bureaus' clerks, which the bureau simulation plays."""

    def __init__(
        self, faces: Faces, run: DemoRun, *, diary: Diary, now: Now, most_published: int
    ) -> None:
        """`now`: the office's clock."""
        self._faces = faces
        self._run = run
        self._diary = diary
        self._now = now
        self._ids: dict[str, str] = {}
        self._most_published = most_published

    async def act(self, *, looks_round: bool = True) -> None:
        """Do what is due: route, sign, decide and publish. Raises: DemoFailed.

        `looks_round`: also go through the lists that are read each morning only.
        """
        self._ids = {number: id_ for id_, number in self._run.numbers.items()}
        await self._route()
        await each(self._do(number, *act) for number, act in self._acts())
        if looks_round:
            await self._decide()
            await self._publish()

    @property
    def is_out(self) -> bool:
        """Whether as many letters are published as wanted."""
        return len(self._run.published) >= self._most_published

    async def _route(self) -> None:
        """Route this demo's letters that wait in triage, as the clerk."""
        found = [letter async for letter in self._listed("router", "/v1/triage", CLERK, "letters")]
        self._run.waiting = {letter["letter"]: ", ".join(letter["reasons"]) for letter in found}
        waiting = [letter["letter"] for letter in found if self._is_due(letter["letter"], "route")]
        await each(self._route_one(number) for number in waiting)

    async def _route_one(self, number: str) -> None:
        """Route a letter to the bureau suggested when it was returned, else to the province."""
        try:
            letter = await self._faces.get("router", f"/v1/letters/{number}", person=CLERK)
        except SaidNo:
            return
        await self._do(number, CLERK, "route", {"bureau": letter.get("suggestion") or TARGET})

    def _acts(self) -> list[tuple[str, Act]]:
        """Return what chiefs, director and supervisor want to do now, by the letters' states."""
        return [
            (number, act)
            for id_, number in self._run.numbers.items()
            for act in acts(lot_of(id_, self._run.seed), self._run.seen.get(number, {}))
            if act[1] in AGAIN or f"{number} {act[1]}" not in self._run.done
            if self._is_due(number, act[1])
        ]

    def _is_due(self, number: str, route: str) -> bool:
        """Return whether the action is due now; each attempt has a due time of its own."""
        name = f"{number} {route} {self._run.tries[f'{number} {route}']}"
        return self._diary.is_due(name, route, lot=self._lot(number))

    def _lot(self, number: str) -> str:
        return lot_of(self._ids[number], self._run.seed)

    async def _decide(self) -> None:
        """Decide requests for extensions, as the supervisor."""
        before = (self._now() + WITHIN).isoformat().replace("+00:00", "Z")
        clocks = self._listed("notifier", "/v1/clocks", SUPERVISOR, "letters", due_before=before)
        asked = [
            one["letter"]
            async for one in clocks
            if any(clock["clock"] == "extension" for clock in one["clocks"])
            if self._is_due(one["letter"], "decide_extension")
        ]
        await each(self._do(number, *_decided(self._lot(number))) for number in asked)

    async def _publish(self) -> None:
        """Propose drafts as one editor and approve them as the other, up to the wanted number."""
        if self.is_out:
            return
        drafts = [
            draft["letter"]
            async for draft in self._listed("publisher", "/v1/drafts", PROPOSER, "drafts")
            if draft["category"] in PUBLIC and self._is_due(draft["letter"], "publish")
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

    async def _do(self, number: str, person: str, route: str, content: Json) -> None:
        """Try an action; one that is refused was done before, or the next round tries again."""
        name = f"{number} {route}"
        self._run.tries[name] += 1
        try:
            await self._faces.post(
                "router",
                f"/v1/letters/{number}/{route}",
                person=person,
                key=f"demo-{self._run.id}-{route}-{number}-{self._run.tries[name]}",
                content=content,
            )
        except SaidNo as no:
            self._run.doubtful.add(number)
            if number in self._run.waiting:
                self._run.waiting[number] = str(no)
            return
        self._run.waiting.pop(number, None)
        self._run.done.add(name)
        self._run.acts[route] += 1

    async def _listed(
        self, face: str, path: str, person: str, of: str, **query: str
    ) -> AsyncIterator[Json]:
        """Yield the entries of a list that belong to this demo's letters."""
        ours = set(self._run.numbers.values())
        pages = self._faces.pages(face, path, person=person, of=of, by=("after", "next"), **query)
        async for entry in pages:
            if entry["letter"] in ours:
                yield entry


def acts(lot: str, seen: Mapping[str, Any]) -> list[Act]:
    """Return what chiefs, director and supervisor do about a letter in this state.

    `lot`: the name for random choices. `seen`: the letter as its writer sees it.
    """
    bureau, state = seen.get("bureau"), seen.get("state")
    if bureau not in BUREAUS:
        return []
    chief = chief_of(bureau)
    match state:
        case "signing" if drawn(lot, "sent back") < SENT_BACK:
            return [(chief, "send_back", {"text": MISSING}), (chief, "sign", {})]
        case "signing":
            return [(chief, "sign", {})]
        case "routed" | "handling" | "supplement":
            return _watched(lot, chief)
        case _:
            return []


def _watched(lot: str, chief: str) -> list[Act]:
    found: list[Act] = []
    if drawn(lot, "supervised") < SUPERVISED:
        found.append((SUPERVISOR, "supervise", {}))
    if drawn(lot, "read") < READ:
        reader = DIRECTOR if drawn(lot, "reader") < DIRECTORS else chief
        found.append((reader, "read", {}))
        if drawn(lot, "instructed") < INSTRUCTED:
            found.append((reader, "instruct", {"text": INSTRUCTION}))
    return found


def _decided(lot: str) -> Act:
    is_granted = drawn(lot, "granted") < GRANTED
    text = "情况复杂，同意延期。" if is_granted else "事实清楚，请按期答复。"
    return SUPERVISOR, "decide_extension", {"granted": is_granted, "text": text}
