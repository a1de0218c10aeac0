"""The story: three letters and an emergency, with many failures.

[tests/journeys/test_one_letter.py] is the same without failures and without an operator.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from clients.bureau._kafka.connection import utc_now
from clients.bureau.action_records import draft
from clients.bureau.mailbox import Mailbox
from clients.bureau.outcomes import Applied
from clients.bureau.settings import BureauSettings, load
from deploy.local.fakes.people import DemoPerson
from deploy.local.stack.plan import SERVICES, url
from shared.contracts import actions_v1 as v1
from shared.contracts.slugs import Bureau
from shared.contracts.values import Promise
from shared.contracts.words import Note
from tests.chaos.processes import Processes
from tests.secrecy import emergency, faulty, trouble
from tests.secrecy.collecting import pages, records
from tests.secrecy.gateway import Gateway
from tests.secrecy.hearing import Ears
from tests.secrecy.search import Text
from tests.secrecy.seeds import (
    ABROAD,
    COMPLAINT,
    HANDLER_ID,
    REQUEST,
    STAFF,
    TALES,
    Tale,
)
from tests.secrecy.terminal import Terminal
from tests.support.reaching import bus_of

BUREAU: Bureau = "guangzhou"
PATIENCE_S = 60.0
PAUSE_S = 0.1
PROMISED_ON = date(2026, 12, 31)
WITH_METRICS = (*SERVICES, "bureaus")
TAKEN = len(TALES) - 1
"""How many messages the gateway takes; it always refuses one."""

Json = dict[str, Any]


@dataclass
class Story:
    """The participants."""

    processes: Processes
    ears: Ears
    gateway: Gateway
    terminal: Terminal
    folder: Path
    numbers: dict[str, str] = field(default_factory=dict)
    """Numbers of the letters."""
    shown: list[Text] = field(default_factory=list, repr=False)
    """Topics and metrics at the moments when they were read."""

    async def live(self) -> None:
        """The letters' whole lives."""
        await asyncio.gather(self._write(REQUEST), self._write(COMPLAINT))
        await emergency.happens(self.ears)
        await self._misuse()
        await self._crash()
        await self._send_on()
        await self._answer()
        await self._sign()
        await self._rate()
        await self._publish()
        await _until(
            lambda: self.gateway.taken >= TAKEN and self.gateway.refused,
            what="messages to the writers",
        )

    async def look(self) -> None:
        """Run an operator's commands, and read topics and metrics.

        This happens during the story, because a broker loses records and counters restart.
        """
        number, ports = self.numbers["request"], self.ears.ports
        named = {name: f"{url(ports[name])}/metrics" for name in WITH_METRICS}
        self.shown += await pages(self.ears.client, named)
        self.shown += await records(bus_of(self.processes.operator))
        listed, *_ = await asyncio.gather(
            self.terminal.run("parked list", "services.router", "parked", "list"),
            self.terminal.run("audit", "deploy.local", "audit", "--pause", "0", fails=True),
            self.terminal.run("trace", "deploy.local", "trace", number),
            self.terminal.run("resend", "services.intake", "resend", "--letter", number),
        )
        name = listed.splitlines()[1].split()[0]
        await self.terminal.run("parked show", "services.router", "parked", "show", name)

    async def erase(self) -> str:
        """An operator erases the published letter by an order; return its number."""
        number = self.numbers["request"]
        order = ("--letter", number, "--rule", "court_order", "--reason", "2026-17")
        await self.terminal.run("erase", "services.intake", "erase", *order)
        await self.terminal.run("erase", "services.intake", "erase", *order, "--yes")
        return number

    async def suffer(self) -> None:
        """Every failure that a stack can have; everything is running again at the end."""
        await self.processes.kill("publisher")
        mortal = self.folder / "chaos" / faulty.MORTAL
        mortal.touch()
        await self.processes.launch("publisher")
        assert await self.processes.ended("publisher") == 1
        mortal.unlink()
        await self.processes.start("publisher")
        await self.processes.kill("database")
        await self.processes.start("database")
        await self.processes.lose_broker()
        await self.processes.start(*SERVICES)
        await self._closes(REQUEST)

    async def clear_up(self) -> None:
        """Run an operator's repair commands in every service."""
        for name in SERVICES:
            module = f"services.{name}"
            listed = await self.terminal.run("parked list", module, "parked", "list")
            await self.terminal.run(
                "parked replay", module, "parked", "replay", "--all", fails=True
            )
            drop = ("parked", "drop", listed.splitlines()[1].split()[0], "--yes")
            await self.terminal.run("parked drop", module, *drop, fails=True)
            since = ("resend", "--since", "2026-01-01T00:00:00Z")
            await self.terminal.run("resend", module, *since, fails=True)
        ours = ("--bureau", BUREAU)
        again = ("resend", self.numbers["request"], "--snapshot", *ours)
        await self.terminal.run("bureau resend", "clients.bureau", *again)
        listen = ("listen", "--once", "--json", *ours)
        await self.terminal.run("bureau listen", "clients.bureau", *listen)
        await self.terminal.run("doctor", "deploy.local", "doctor", fails=True)

    async def _write(self, tale: Tale) -> None:
        files = [await self._upload(tale)] if "file" in tale.words else []
        letter = tale.letter() | {"files": files}
        said = await self.ears.granted(
            "POST", "intake", "/v1/letters", who=_of(tale), key=tale.key, json=letter
        )
        self.numbers[tale.of] = said["letter"]

    async def _upload(self, tale: Tale) -> str:
        """A photo; its writer waits until it was scanned, and looks at it."""
        who, named = _of(tale), {"x-file-name": quote(tale.words["file"])}
        sent = await self.ears.granted(
            "POST", "intake", "/v1/files", who=who, content=tale.photo(), headers=named
        )
        path, end = f"/v1/files/{sent['file']}", time.monotonic() + PATIENCE_S
        while (await self.ears.granted("GET", "intake", path, who=who))["state"] != "clean":
            assert time.monotonic() < end, "the photo is not scanned"
            await asyncio.sleep(PAUSE_S)
        shown = await self.ears.ask("GET", "intake", f"{path}/content", who=who)
        assert shown.headers["content-type"] == "image/jpeg"
        return str(sent["file"])

    async def _misuse(self) -> None:
        """Invalid requests and records, another writer's letter, another letter for a known key."""
        number = self.numbers["complaint"]
        await trouble.bad_requests(self.ears, number)
        path, who = f"/v1/letters/{number}", _of(REQUEST)
        assert (await self.ears.ask("GET", "intake", path, who=who)).status_code == 404
        changed = await self.ears.ask(
            *("POST", "intake", "/v1/letters"), who=who, key=REQUEST.key, json=COMPLAINT.letter()
        )
        assert changed.status_code == 422
        await self.until(REQUEST, lambda seen: seen["bureau"] == BUREAU)
        async with _started(bus_of(self.processes.operator)) as bus:
            known, unknown = self.numbers["request"], trouble.new_number()
            bureau_s = trouble.rubbish_of_a_bureau(known)
            assert not any(await bus.send([*bureau_s, *trouble.rubbish_of_ours(unknown)]))

    async def _crash(self) -> None:
        """Services are killed while a letter arrives; its writer repeats it until it is taken."""
        writing = asyncio.create_task(self._write(ABROAD))
        await asyncio.sleep(0)
        await self.processes.kill("intake", "router")
        await self.processes.start("intake", "router")
        await writing

    async def _send_on(self) -> None:
        """The desk finds the letter that names no place, and routes it."""
        number, clerk = self.numbers["abroad"], _staff("triage")
        await self.until(ABROAD, lambda seen: seen["state"] == "triage")
        listed = await self.ears.granted("GET", "router", "/v1/triage", who=clerk)
        assert number in str(listed)
        await self.ears.granted(
            *("POST", "router", f"/v1/letters/{number}/route"),
            who=clerk,
            key="desk-routes-abroad",
            json={"bureau": "shenzhen"},
        )

    async def _answer(self) -> None:
        """The bureau reads its letters and answers them; its handler reads them at the desk."""
        ours, number = ("--bureau", BUREAU), self.numbers["request"]
        listen = ("clients.bureau", "listen", "--once", *ours)
        reply = ("reply", number, "--outcome", "resolved", "--text-file", "-", *ours)
        await self._answer_by_program()
        await self.terminal.run("bureau reply", "clients.bureau", *reply, typed=REQUEST.reply())
        await self.terminal.run("bureau listen", *listen)
        for tale in (REQUEST, COMPLAINT):
            path = f"/v1/letters/{self.numbers[tale.of]}"
            await self.ears.granted("GET", "router", path, who=_staff("handler"))
            await self._find(tale)

    async def _find(self, tale: Tale) -> None:
        """The handler finds the letter by its words, and not by its writer's name."""
        end = time.monotonic() + PATIENCE_S
        while await self._found(tale.words["body"][:6]) != [self.numbers[tale.of]]:
            assert time.monotonic() < end, f"the {tale.of} is not found by its words"
            await asyncio.sleep(PAUSE_S)
        assert await self._found(tale.writer.name) == []

    async def _found(self, words: str) -> list[str]:
        asked = {"words": words}
        found = await self.ears.granted(
            "POST", "router", "/v1/search", who=_staff("handler"), json=asked
        )
        return [one["letter"] for one in found["letters"]]

    async def _answer_by_program(self) -> None:
        """Accept both letters, and answer the complaint with a promise."""
        settings = load(BureauSettings, self.processes.environment_of("bureaus"))
        mailbox = Mailbox(
            BUREAU, settings.connection(BUREAU), keys=settings.keys(BUREAU), staff=HANDLER_ID
        )
        text, now = COMPLAINT.reply(), utc_now()
        reply = draft(v1.Reply, 1, text=text, outcome="explained", made_at=now, staff=HANDLER_ID)
        promise = Promise(due_on=PROMISED_ON, words=Note(text=COMPLAINT.words["promise"]))
        promised = reply.model_copy(update={"commitments": (promise,)})
        async with mailbox:
            for tale in (REQUEST, COMPLAINT):
                assert isinstance(await mailbox.accept(self.numbers[tale.of], 1), Applied)
            assert isinstance(await mailbox.ask(self.numbers["complaint"], promised), Applied)

    async def _sign(self) -> None:
        """The chief reads the complaint's draft and signs it."""
        path, chief = f"/v1/letters/{self.numbers['complaint']}", _staff("chief")
        await self.until(COMPLAINT, lambda seen: seen["state"] == "signing")
        waiting = await self.ears.granted("GET", "router", path, who=chief)
        assert COMPLAINT.words["reply"] in waiting["draft"]["text"]
        await self.ears.granted(
            "POST", "router", f"{path}/sign", who=chief, key="chief-signs-complaint"
        )

    async def _rate(self) -> None:
        """Both letters are rated; the router fails at one rating, and an operator replays it."""
        rated = (REQUEST, COMPLAINT)
        for tale in rated:
            await self.until(tale, lambda seen: seen["reply"])
            await self.ears.granted(
                *("POST", "intake", f"/v1/letters/{self.numbers[tale.of]}/rating"),
                who=_of(tale),
                key=f"{tale.key}-rating",
                json=tale.rating(),
            )
        closing = [asyncio.create_task(self._closes(tale)) for tale in rated]
        await asyncio.wait(closing, return_when=asyncio.FIRST_COMPLETED)
        replay = ("services.router", "parked", "replay", "--all")
        await self.terminal.run("parked replay", *replay, fails=True)
        await asyncio.gather(*closing)

    async def _publish(self) -> None:
        """Both letters become drafts and are proposed; one of them is published."""
        proposer, approver = _staff("proposer"), _staff("approver")
        for tale in (REQUEST, COMPLAINT):
            draft = f"/v1/drafts/{self.numbers[tale.of]}"
            await self.ears.granted("GET", "publisher", draft, who=proposer)
            await self.ears.granted("POST", "publisher", f"{draft}/proposal", who=proposer)
            if tale is REQUEST:
                await self.ears.granted("POST", "publisher", f"{draft}/approval", who=approver)
        await self.ears.granted("GET", "publisher", "/v1/drafts", who=proposer)
        listed = await self.ears.ask("GET", "publisher", "/public/v1/publications")
        assert REQUEST.words["subject"] in listed.text
        path = listed.json()["publications"][0]["path"]
        for page in ("/", path, f"/public/v1{path}"):
            assert (await self.ears.ask("GET", "publisher", page)).is_success

    async def _closes(self, tale: Tale) -> None:
        await self.until(tale, lambda seen: seen["state"] == "closed")

    async def until(self, tale: Tale, holds: Callable[[Json], object]) -> None:
        """Return when the letter's writer sees that the condition holds."""
        path = f"/v1/letters/{self.numbers[tale.of]}"
        end = time.monotonic() + PATIENCE_S
        while not holds(seen := await self.ears.granted("GET", "intake", path, who=_of(tale))):
            assert time.monotonic() < end, f"the {tale.of}: last seen in {seen['state']}"
            await asyncio.sleep(PAUSE_S)


def _of(tale: Tale) -> tuple[str, DemoPerson]:
    return tale.of, tale.writer


def _staff(role: str) -> tuple[str, DemoPerson]:
    return role, STAFF[role]


@asynccontextmanager
async def _started(bus: Any) -> Any:
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()


async def _until(holds: Callable[[], object], *, what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, what
        await asyncio.sleep(PAUSE_S)
