"""Intake, router and a bureau, each with its own keys, and two people who change them.

Shells, rules and sealing are the real ones; documents and broker are in memory. Each service knows
public keys only from `mailbox.keys`, except those that anchor the beginning.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from joserfc.jwk import ECKey

from clients.bureau.action_records import draft, record_of, with_id
from clients.bureau.arrivals import Arrived, opened, read
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from services.intake import store as intake_store
from services.intake import wiring as intake
from services.intake.domain.letter import IntakeLetter as Written
from services.intake.jobs import IdentityResealer
from services.router import wiring as router
from services.router.domain.letter import Letter
from services.router.domain.public_keys import (
    SURE,
    ConfirmKey,
    ProposeKey,
    ProposeRetirement,
)
from services.router.jobs.key_changes import KeyChangeResends, KeyTopicRepair
from services.router.store import documents as router_store
from services.router.store.public_keys import KeyHolders, key_rules
from shared.contracts import actions_v1 as v1
from shared.contracts.event import Action
from shared.contracts.keys_v1 import PublicJwk
from shared.contracts.slugs import Bureau
from shared.contracts.topics import KEYS, actions_of, letters_of
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.seals import Seals
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.repair.key_watch import KeyWatch
from shared.platform.repair.stored_keys import KeptKeys
from shared.sealing.envelopes import Opener, Sealer
from shared.sealing.key_directory import KeyDirectory, anchor
from tests.clients.making import Fetched
from tests.intake.story import submit
from tests.router.office import holders_beside
from tests.router.story import MONDAY, RULEBOOK
from tests.support.doubles import Clock, Memory, inbound_of
from tests.support.sealed_shell import BLIND, Round, SealedShell, running, sealed_shell

SLUG: Bureau = "guangzhou"
GZ = f"bureau:{SLUG}"
HOLDERS = ("router", "intake", "notifier", "publisher", GZ)


@dataclass
class Member:
    """One service and its knowledge of keys."""

    name: str
    seals: Seals
    now: Clock
    private: dict[str, ECKey]
    shelf: SealedShell[Any, Any] = field(init=False)
    watch: KeyWatch = field(init=False)
    heard: int = 0

    @property
    def book(self) -> KeyDirectory:
        """The public keys that it knows."""
        return self.seals.sealer.book


@dataclass
class Post:
    """All of them."""

    now: Clock
    intake: Member
    router: Member
    holders: KeyHolders
    bureau: Keys
    bureaus: dict[str, ECKey]
    """The bureau's private keys."""
    mail: Round
    made: int = 0
    said: int = 0
    letters: list[str] = field(default_factory=list)

    # --- letters -----------------------------------------------------------------------------

    async def write(self, **over: Any) -> str:
        """A writer sends a letter; no other service has read it yet."""
        number = f"GD-{len(self.letters):04}"
        self.letters.append(number)
        await self.tell(self.intake, number, submit(**{"received_at": self.now(), **over}))
        return number

    async def accept(self, number: str) -> None:
        """The bureau accepts it."""
        await self.act(draft(v1.Accept, 1, made_at=self.now(), staff="s-1"), number)

    async def reply(self, number: str, text: str = "路灯已修好。") -> None:
        """The bureau answers it."""
        made = draft(v1.Reply, 1, text=text, outcome="resolved", made_at=self.now(), staff="s-1")
        await self.act(made, number)

    async def act(self, action: Action, number: str) -> None:
        """The bureau's own program requests an action."""
        action = with_id(action, bureau=SLUG, letter=number)
        key, value, headers = record_of(action, bureau=SLUG, letter=number, keys=self.bureau)
        sent = Outbound(actions_of(SLUG).name, key, value, tuple(headers))
        await self.router.shelf.hear([sent])

    # --- keys --------------------------------------------------------------------------------

    async def enter(self, holder: str, *, hours: int = 0) -> str:
        """The holder adds a key to its file; two people enter it."""
        self.made += 1
        kid, key = f"{holder}.{self.made}", ECKey.generate_key("P-256", private=True)
        self.private_of(holder)[kid] = key
        jwk = PublicJwk.model_validate(key.as_dict(private=False))
        since = self.now() + timedelta(hours=hours)
        at = self.now()
        await self.change(ProposeKey(holder, kid, jwk, since, by="wu", at=at))
        await self.confirm(holder, kid, jwk.fingerprint)
        return kid

    async def retire(self, holder: str, kid: str) -> None:
        """Two people retire a key at once. Raises: Refused."""
        book = self.router.book
        key = next(one for one in book.keys_of(holder) if one.kid == kid)
        at = self.now()
        await self.change(ProposeRetirement(holder, kid, None, by="wu", at=at))
        await self.confirm(holder, kid, key.fingerprint)

    async def confirm(self, holder: str, kid: str, fingerprint: str) -> None:
        """The second person does it."""
        await self.change(ConfirmKey(holder, kid, fingerprint, by="xu", at=self.now()))
        await self.hear_keys()

    async def change(self, command: ProposeKey | ProposeRetirement | ConfirmKey) -> None:
        """One person's step."""
        self.said += 1
        told = IdempotentCommand(command.holder, command, f"told-{self.said}")
        await self.holders.commands.execute(told)
        await self.holders.commands._unsent.join()

    def private_of(self, holder: str) -> dict[str, ECKey]:
        """The folder of a holder's private keys."""
        if holder == GZ:
            return self.bureaus
        return {"intake": self.intake, "router": self.router}[holder].private

    async def hear_keys(self) -> None:
        """Every service reads new records of `mailbox.keys`."""
        said = self.router.shelf.bus.records(KEYS.name)
        for member in (self.intake, self.router):
            fresh = said[member.heard :]
            member.heard = len(said)
            await member.watch.hear([inbound_of(one) for one in fresh])
            await member.watch.hear([])
        for one in said:
            self.bureau.public.take(fetched(one))

    # --- what happens meanwhile --------------------------------------------------------------

    async def pass_on(self) -> None:
        """Carry records between the services until none has anything new to send."""
        await self.mail.pass_on()

    async def work(self) -> tuple[int, int]:
        """The loops of both: letters sent again, and identities viewed."""
        self.now.pass_by(seconds=SURE.total_seconds() + 1)
        shelf = self.router.shelf
        anew = KeyChangeResends(
            shelf.letters,
            shelf.documents,
            holders=self.holders,
            book=self.router.book,
            now=self.now,
        )
        again = IdentityResealer(
            self.intake.shelf.documents,
            self.intake.shelf.commands.execute,
            book=self.intake.book,
            now=self.now,
        )
        counts = await anew.tell(), await again.seal()
        await self.intake.shelf.quiet()
        await self.pass_on()
        return counts

    def newest_last(self) -> KeyTopicRepair:
        """The job that repeats each holder's newest record at the end of the topic."""
        shelf = self.router.shelf
        history = EventLog(shelf.documents, moved=Memory(), asked=Memory())
        book = self.router.book
        return KeyTopicRepair(self.router.watch, history, sender=Sender(shelf.bus), book=book)

    # --- what they have ----------------------------------------------------------------------

    def arrived(self) -> list[Arrived]:
        """All events that the bureau ever received, decrypted with all its keys."""
        found = [read(fetched(one)) for one in self.router.shelf.bus.records(letters_of(SLUG).name)]
        return [opened(one, self.bureau) for one in found if isinstance(one, Arrived)]

    def told_of(self, number: str, *names: str) -> list[Arrived]:
        """The events that the bureau received about a letter, of some kinds."""
        types = {f"gd.mailbox.{name}.v1" for name in names}
        return [one for one in self.arrived() if one.letter == number and one.type in types]

    async def written(self, number: str) -> Written:
        """Intake's state of a letter."""
        state = await self.intake.shelf.letters.state(number)
        assert isinstance(state, Written)
        return state

    async def routed(self, number: str) -> Letter:
        """The router's state of it."""
        state = await self.router.shelf.letters.state(number)
        assert isinstance(state, Letter)
        return state

    async def tell(self, member: Member, subject: str, command: Any) -> None:
        """Give a command once."""
        self.said += 1
        await member.shelf.commands.execute(
            IdempotentCommand(subject, command, f"told-{self.said}")
        )
        await member.shelf.quiet()


def fetched(record: Outbound) -> Fetched:
    """A record as the bureau's client returns it."""
    return Fetched(record.topic, 0, 0, record.key, record.value, list(record.headers))


@asynccontextmanager
async def post(*, without: tuple[str, ...] = ()) -> AsyncIterator[Post]:
    """The services on a Monday morning; `without`: holders without a known key at first."""
    now = Clock(MONDAY)
    first = {holder: ECKey.generate_key("P-256", private=True) for holder in HOLDERS}
    anchors = {
        holder: (anchor(holder, key.as_dict(private=False)),)
        for holder, key in first.items()
        if holder not in without
    }
    members = {
        name: _member(name, anchors, now, {name: first[name]}) for name in ("intake", "router")
    }
    bureaus = {GZ: first[GZ]}
    public = PublicKeys({name: first[name] for name in ("router",) if name not in without})
    bureau = Keys(bureaus, public)
    bureau._opener._keys = bureaus
    async with AsyncExitStack() as stack:
        for name, member in members.items():
            rules: Any = (
                intake.rules(member.seals, BLIND) if name == "intake" else router.rules(RULEBOOK)
            )
            member.shelf = await stack.enter_async_context(
                sealed_shell(rules, member.seals, now=now)
            )
            kept = KeptKeys(Memory(), member.seals.ring)
            member.watch = KeyWatch(member.shelf.bus, kept, seals=member.seals, now=now)
        mail = Round(
            (members["intake"].shelf, intake_store.READS),
            (members["router"].shelf, router_store.READS),
        )
        holders = holders_beside(members["router"].shelf, key_rules(anchors))
        await stack.enter_async_context(running(holders.commands.run()))
        yield Post(now, members["intake"], members["router"], holders, bureau, bureaus, mail)


def _member(name: str, anchors: Any, now: Clock, private: dict[str, ECKey]) -> Member:
    opener = Opener({})
    opener._keys = private
    ring = KeyRing("test", {"test": A256GCM(bytes(32))})
    seals = Seals(name, ring, Sealer(KeyDirectory(anchors), now=now), opener)
    return Member(name, seals, now, private)
