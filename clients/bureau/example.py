"""A minimal bureau system that passes `bureau check`.

It accepts every letter, notes its last line and replies. Run `python -m clients.bureau.example`.
"""

import asyncio
import os
import sys
from argparse import ArgumentTypeError

from clients.bureau import BadJournal, BadKeyFile, BadSettings, Mailbox, NoTopic, Unreachable
from clients.bureau._cli.arguments import bureau
from clients.bureau.arrivals import Arrived
from clients.bureau.outcomes import Applied
from shared.contracts.bureau_v1 import LetterAssigned
from shared.contracts.progress_v1 import LetterAccepted
from shared.contracts.words import LetterText
from shared.terminal import speak_plainly

REPLY = "您好，来信收悉，正在处理。We have your letter and are working on it."


async def act(mailbox: Mailbox, arrived: Arrived) -> None:
    """Send the action that this arrival calls for.

    Raises: NoAnswer; Unreachable; NoKey.
    """
    letter, assignment, event = arrived.letter, arrived.assignment, arrived.event
    if isinstance(event, LetterAssigned):
        outcome = await mailbox.accept(letter, assignment)
        if isinstance(outcome, Applied) and isinstance(event.words, LetterText):
            last_line = event.words.body.splitlines()[-1]
            await mailbox.note(letter, assignment, text=last_line[:100])
    if isinstance(event, LetterAccepted):
        await mailbox.reply(letter, assignment, text=REPLY, outcome="explained")


async def work(mailbox: Mailbox) -> None:
    """Act on all arrivals, one at a time. Raises: what `act` raises."""
    async for arrived in mailbox.letters():
        await act(mailbox, arrived)


async def run(slug: str) -> None:
    """Work as the bureau `slug` until stopped.

    Raises: what `work` raises; BadSettings; BadKeyFile; BadJournal; NoTopic.
    """
    async with Mailbox.from_environment(bureau(slug), name="example") as mailbox:
        await work(mailbox)


def main() -> int:
    """Run, and return the exit code: 0 after Ctrl-C, 2 after an error."""
    try:
        asyncio.run(run(os.environ.get("MAILBOX_BUREAU", "")))
    except KeyboardInterrupt:
        return 0
    except (ArgumentTypeError, BadJournal, BadKeyFile, BadSettings, NoTopic, Unreachable) as fault:
        sys.stderr.write(f"example: {type(fault).__name__}: {fault}\n")
    return 2


if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())
