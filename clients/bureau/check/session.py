"""The start of a check: inspects the broker, refuses a real mailbox, starts at the topics' ends."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clients.bureau._cli.key_command import new_key
from clients.bureau._kafka.connection import Connection, TopicConsumer, Unreachable, utc_now
from clients.bureau.check.cast import RUN_LENGTH, Cast, run_name
from clients.bureau.check.foreign import is_foreign, key_changed, topics_of_services
from clients.bureau.check.hearing import ROUTER, Ear
from clients.bureau.check.judging import played
from clients.bureau.check.keyring import Announcements, public_keys, sealers
from clients.bureau.check.played import Played
from clients.bureau.check.running import CheckRun, Parts, Timing
from clients.bureau.check.scenarios import SCENARIOS
from clients.bureau.check.topics import make, needed, visible
from clients.bureau.check.transcript import Transcript
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from shared.contracts.bilingual import Bilingual
from shared.contracts.slugs import Bureau
from shared.contracts.topics import KEYS

FORBIDDEN = "Authorization"
"""Prefix of the broker's error names of that kind."""
LOOK_S = 60.0
"""Seconds that reading the existing records may take."""


MADE = Bilingual("主题已建。请现在启动您的系统。", "The topics are made. Start your system now.")


class RealMailbox(Exception):
    """A real mailbox seems to use the broker; the text names the evidence."""


class MissingTopics(Exception):
    """Topics of the check are missing; the text names them."""


class NotPermitted(Exception):
    """The check's user lacks rights on the broker; the text names the error."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """The options of one check."""

    bureau: Bureau
    key_file: Path
    """The bureau's public keys: the present one and optionally the next."""
    chosen: Sequence[str]
    timing: Timing
    makes_topics: bool = False


async def check(
    wanted: CheckRequest, connection: Connection, *, say: Callable[[Bilingual], None]
) -> tuple[Cast, Transcript]:
    """Run the chosen scenarios; return the cast and the transcript.

    Raises: BadKeyFile; Unreachable; NoTopic; RealMailbox; MissingTopics; NotPermitted.
    """
    try:
        return await _checked(wanted, connection, say)
    except Unreachable as fault:
        if FORBIDDEN in str(fault):
            raise NotPermitted(str(fault)) from fault
        raise


async def _checked(
    wanted: CheckRequest, connection: Connection, say: Callable[[Bilingual], None]
) -> tuple[Cast, Transcript]:
    theirs = public_keys(wanted.key_file, holder=f"bureau:{wanted.bureau}")
    ours = dict(new_key(ROUTER) for _ in range(2))
    first, second = ours
    run = run_name(secrets.token_bytes(RUN_LENGTH))
    cast = Cast(wanted.bureau, run, tuple(theirs), (first, second))
    await _topics(wanted, connection, say)
    names = [topic.name for topic in needed(wanted.bureau)]
    async with connection.sending() as sending, connection.reading(names) as reading:
        numbers = await _looked_around(reading, wanted.bureau)
        parts = Parts(
            cast,
            Played(wanted.bureau, sealers(theirs), now=utc_now),
            Ear(wanted.bureau, Keys(ours, PublicKeys()), cast.codes(list(SCENARIOS))),
            Announcements({**ours, **theirs}, numbers),
        )
        running = CheckRun(parts, sending, reading=reading, timing=wanted.timing, say=say)
        await running.open()
        for name in played(cast, wanted.chosen):
            say(Bilingual(f"— {name}：{SCENARIOS[name].title.zh}", SCENARIOS[name].title.en))
            await running.play(SCENARIOS[name])
        return cast, running.transcript


async def _topics(
    wanted: CheckRequest, connection: Connection, say: Callable[[Bilingual], None]
) -> None:
    """Check that all topics exist and that no real mailbox uses the broker.

    Raises: RealMailbox; MissingTopics.
    """
    there = await visible(connection)
    if theirs := topics_of_services(there):
        raise RealMailbox(theirs[0])
    missing = [topic for topic in needed(wanted.bureau) if topic.name not in there]
    if missing and not wanted.makes_topics:
        raise MissingTopics(", ".join(f"{one.name} ({one.partitions})" for one in missing))
    if missing:
        await make(connection, missing)
        say(MADE)


async def _looked_around(reading: TopicConsumer, bureau: Bureau) -> dict[str, int]:
    """Read all existing records; return the last number of each holder of keys.

    Raises: RealMailbox, at the first record that no check has written; Unreachable.
    """
    numbers: dict[str, int] = {}
    until = time.monotonic() + LOOK_S
    while not await reading.has_caught_up():
        if time.monotonic() > until:
            raise Unreachable("topics not read to their ends in time")
        for record in await reading.poll():
            if is_foreign(record, bureau):
                raise RealMailbox(record.topic)
            if record.topic == KEYS.name and (found := key_changed(record)) is not None:
                holder, number = found
                numbers[holder] = max(number, numbers.get(holder, 0))
    return numbers
