"""Systems of bureaus for the check to judge: a right one, and one for each thing that can go wrong.

The right one is the example that this repository gives, with identities noted too.
"""

import asyncio

from clients.bureau import Mailbox
from clients.bureau.example import act
from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.words import Identity
from tests.clients.checking import FOSHAN, Bench


async def right(bench: Bench) -> None:
    """Does everything that the contract says."""
    name = f"right-{id(bench)}"
    async with Mailbox(FOSHAN, bench.connection, keys=bench.own_keys(), name=name) as mailbox:
        async for arrived in mailbox.letters():
            event = arrived.event
            if isinstance(event, LetterIdentity) and isinstance(event.envelope, Identity):
                await mailbox.note(arrived.letter, arrived.assignment, text=event.envelope.name)
            await act(mailbox, arrived)


async def idle(bench: Bench) -> None:
    """Does nothing."""
    del bench
    await asyncio.Event().wait()
