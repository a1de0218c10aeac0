"""Asyncio library with which a bureau's own system receives letters and answers them.

    async with Mailbox.from_environment("guangzhou") as mailbox:
        async for arrived in mailbox.letters():
            ...
            await mailbox.accept(arrived.letter, arrived.assignment)

Of the mailbox's own code it imports only `shared/contracts`, `shared/sealing` and
`shared/terminal.py`. `python -m clients.bureau` is the same as a command. `docs/bureau-guide.md`
introduces both.
"""

from clients.bureau._kafka.connection import Connection as Connection
from clients.bureau._kafka.connection import NoTopic as NoTopic
from clients.bureau._kafka.connection import Unreachable as Unreachable
from clients.bureau._store.journal import BadJournal as BadJournal
from clients.bureau.action_records import draft as draft
from clients.bureau.action_records import promise as promise
from clients.bureau.arrivals import Arrived as Arrived
from clients.bureau.arrivals import Unread as Unread
from clients.bureau.attachments import FileAccess as FileAccess
from clients.bureau.attachments import NotFetched as NotFetched
from clients.bureau.key_files import BadKeyFile as BadKeyFile
from clients.bureau.mailbox import Mailbox as Mailbox
from clients.bureau.outcomes import Applied as Applied
from clients.bureau.outcomes import NoAnswer as NoAnswer
from clients.bureau.outcomes import Outcome as Outcome
from clients.bureau.outcomes import Refused as Refused
from clients.bureau.public_keys import NoKey as NoKey
from clients.bureau.public_keys import PublicKeys as PublicKeys
from clients.bureau.sealing import Keys as Keys
from clients.bureau.settings import BadSettings as BadSettings
