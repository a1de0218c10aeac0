"""For tests of `bureau check`: a bare broker, a bureau's key files, and a run there."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clients.bureau import Connection, Keys, PublicKeys
from clients.bureau._cli.key_command import new_key
from clients.bureau.check.cast import Cast
from clients.bureau.check.judging import verdicts
from clients.bureau.check.running import Timing
from clients.bureau.check.scenarios import SCENARIOS
from clients.bureau.check.session import CheckRequest, check
from clients.bureau.check.topics import make, needed
from clients.bureau.check.transcript import Transcript
from clients.bureau.check.verdict import ScenarioVerdict
from clients.bureau.key_files import public_half
from clients.bureau.settings import BureauSettings, load
from deploy.local.stack.supervisor import running_stack
from shared.contracts.slugs import Bureau

FOSHAN: Bureau = "foshan"
HOLDER = f"bureau:{FOSHAN}"
QUICK = Timing(step_s=15.0, quiet_s=5.0, pause_s=1.5)
ALL = tuple(SCENARIOS)
EMBEDDED = {"MAILBOX_ENGINES": "embedded"}
"""A bureau's test broker is its own, whatever engine the mailbox uses."""

System = Callable[["Bench"], Awaitable[None]]
"""A bureau's system at work on the bench, until it is cancelled or dies."""


@dataclass
class Bench:
    """A broker with nothing but the check's topics, and Foshan's key files."""

    told: dict[str, str]
    """The environment in which the broker is reached."""
    folder: Path
    transcript: Transcript = field(default_factory=Transcript)
    """Of the last run."""

    @property
    def private(self) -> Path:
        """The bureau's private keys, both."""
        return self.folder / "foshan.private.jwks.json"

    @property
    def public(self) -> Path:
        """Both public keys, the present one and the next."""
        return self.folder / "foshan.public.jwks.json"

    @property
    def connection(self) -> Connection:
        """To the broker, for Foshan."""
        return load(BureauSettings, self.told).connection(FOSHAN)

    def own_keys(self) -> Keys:
        """The bureau's private keys, and no public ones yet."""
        return Keys.load(self.private, PublicKeys())

    async def checked(
        self, system: System, *only: str, timing: Timing = QUICK
    ) -> dict[str, ScenarioVerdict]:
        """Verdicts on a system that works while it is checked."""
        working = asyncio.ensure_future(system(self))
        try:
            cast = await self._played(only or ALL, timing)
        finally:
            working.cancel()
            await asyncio.wait({working})
        return verdicts(cast, only or ALL, transcript=self.transcript)

    async def _played(self, chosen: Sequence[str], timing: Timing) -> Cast:
        wanted = CheckRequest(FOSHAN, self.public, chosen, timing)
        cast, self.transcript = await check(wanted, self.connection, say=lambda _: None)
        return cast


def write_key_files(bench: Bench, *, count: int = 2) -> None:
    """Foshan's keys: the private ones in one file, the public ones in another."""
    made = [new_key(HOLDER) for _ in range(count)]
    private = [{**key.as_dict(private=True), "kid": kid} for kid, key in made]
    public = [{**public_half(key), "kid": kid} for kid, key in made]
    bench.private.write_text(json.dumps({"keys": private}))
    bench.public.write_text(json.dumps({"keys": public}))


@asynccontextmanager
async def bench(folder: Path, *, topics: bool = True) -> AsyncIterator[Bench]:
    """A bench in `folder` for the block; without `topics` the broker is empty."""
    async with running_stack(folder, only=("broker",), environment=EMBEDDED) as stack:
        told = {"MAILBOX_ENV": "dev", **stack.engines.settings()}
        found = Bench(told, folder)
        write_key_files(found)
        if topics:
            await make(found.connection, needed(FOSHAN))
        yield found


def results(found: dict[str, ScenarioVerdict]) -> dict[str, str]:
    """The verdict by scenario."""
    return {name: verdict.result for name, verdict in found.items()}
