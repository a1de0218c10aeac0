"""Systems of bureaus for the check to judge: a right one, and one for each thing that can go wrong.

The right one is the example that this repository gives, with identities noted too.
"""

import asyncio
from dataclasses import replace

from clients.bureau import Mailbox
from clients.bureau.example import act
from clients.bureau.simulate.figures import SimulationMetrics
from clients.bureau.simulate.mix import EVERYDAY
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.play import SimulatedBureaus
from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.words import Identity
from tests.clients.checking import FOSHAN, Bench


async def right(bench: Bench) -> None:
    """Does everything that the contract requires."""
    name = f"right-{id(bench)}"
    async with Mailbox(FOSHAN, bench.connection, keys=bench.own_keys(), name=name) as mailbox:
        async for arrived in mailbox.letters():
            event = arrived.event
            if isinstance(event, LetterIdentity) and isinstance(event.envelope, Identity):
                await mailbox.note(arrived.letter, arrived.assignment, text=event.envelope.name)
            await act(mailbox, arrived)


async def simulated(bench: Bench) -> None:
    """The simulated bureau of the local stack, at a quick pace, doing all it can."""
    mix = replace(EVERYDAY, returned=0.0, declined=0.0, asked=0.0, extended=0.0)
    play = SimulatedBureaus(
        {FOSHAN: bench.own_keys()}, Pace(0.05, 0.05, mix=mix), figures=SimulationMetrics()
    )
    await play.run(bench.connection, asyncio.Event())


async def idle(bench: Bench) -> None:
    """Does nothing."""
    del bench
    await asyncio.Event().wait()
