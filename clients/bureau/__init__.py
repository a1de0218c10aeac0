"""Asyncio library with which a bureau's own system receives letters and answers them.

    async with Mailbox.from_environment("guangzhou") as mailbox:
        async for arrived in mailbox.letters():
            ...
            await mailbox.accept(arrived.letter, arrived.assignment)

Of the mailbox's own code it imports only `shared/contracts`, `shared/sealing` and
`shared/terminal.py`. `python -m clients.bureau` is the same as a command. `docs/bureau-guide.md`
introduces both.
"""

from clients.bureau._kafka.connection import Connection, NoTopic, Unreachable
from clients.bureau._store.journal import BadJournal
from clients.bureau.action_records import draft, promise
from clients.bureau.arrivals import Arrived, Unread
from clients.bureau.attachments import FileAccess, NotFetched
from clients.bureau.key_files import BadKeyFile
from clients.bureau.mailbox import Mailbox
from clients.bureau.outcomes import Applied, NoAnswer, Outcome, Refused
from clients.bureau.public_keys import NoKey, PublicKeys
from clients.bureau.sealing import Keys
from clients.bureau.settings import BadSettings

__all__ = [
    "Applied",
    "Arrived",
    "BadJournal",
    "BadKeyFile",
    "BadSettings",
    "Connection",
    "FileAccess",
    "Keys",
    "Mailbox",
    "NoAnswer",
    "NoKey",
    "NoTopic",
    "NotFetched",
    "Outcome",
    "PublicKeys",
    "Refused",
    "Unreachable",
    "Unread",
    "draft",
    "promise",
]
