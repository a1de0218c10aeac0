"""Every service dies at every step of receiving and sending, and every letter ends all the same.

In a round, letters of all kinds live while each service dies at one step or at several in a row,
always at exactly that step, and is restarted. The topics, the four databases and the gateway must
then hold what they hold without deaths. A step that was never reached fails its round. `CHAOS_SEED`
changes the order of events.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy.local.stack.plan import SERVICES
from shared.contracts.topics import PROGRESS, SUBMITTED
from tests.chaos import overtaking, steps
from tests.chaos.steps import RECEIVED, SWEPT, TOLD
from tests.chaos.town import Chains, Town, luck_of, town

pytestmark = [
    pytest.mark.real,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
]


def everywhere(*chain: str) -> Chains:
    """The same steps in all four services."""
    return dict.fromkeys(SERVICES, chain)


def received(*chain: str) -> tuple[str, ...]:
    """Steps of work that came from a consumer."""
    return tuple(step.format(RECEIVED) for step in chain)


def told(*chain: str) -> tuple[str, ...]:
    """Steps of work that came from a command."""
    return tuple(step.format(TOLD) for step in chain)


QUICK = "each step once"
"""The round for the quick run: each step in one service, because all share the shell's code."""
ROUNDS: dict[str, Chains] = {
    QUICK: {
        "intake": (*received(steps.AFTER_KEEP), steps.AFTER_COMMIT),
        "router": (*received(steps.HALF_KEPT), steps.BEFORE_COMMIT),
        "notifier": told(steps.AFTER_DECIDE),
        "publisher": received(steps.AFTER_DECIDE),
    },
    "deciding": everywhere(*received(steps.BEFORE_LOAD, steps.AFTER_DECIDE)),
    "keeping": everywhere(*received(steps.AFTER_KEEP)),
    "a batch": everywhere(*received(steps.HALF_KEPT)),
    "sending": {name: received(steps.HALF_SENT) for name in ("intake", "router")},
    "sent": everywhere(*received(steps.AFTER_SEND)),
    "committing": everywhere(steps.BEFORE_COMMIT, steps.AFTER_COMMIT),
    "commands decided": everywhere(*told(steps.AFTER_DECIDE)),
    "commands kept": everywhere(*told(steps.EFFECTS_KEPT), steps.HALF_SENT.format(SWEPT)),
    "commands sent": everywhere(*told(steps.HALF_SENT)),
    "commands cleared": everywhere(*told(steps.AFTER_SEND)),
    "overflowing": everywhere(steps.MOVING, steps.MOVING),
    "delivering": {"notifier": (steps.HANDED_OVER, steps.HANDED_OVER)},
}
HEARD = {"intake": PROGRESS, "router": SUBMITTED, "notifier": PROGRESS, "publisher": PROGRESS}
"""The topic on which each service is overtaken."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mailbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town whose documents are short, so that each letter overflows."""
    async with town(tmp_path_factory.mktemp("chaos"), settings={"CHAOS_SHORT": "1"}) as running:
        await running.learn(luck=luck_of("ideal"))
        yield running
        await running.ends_as_ideal(running.letters)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name == QUICK else pytest.mark.slow) for name in ROUNDS],
)
async def test_letters_end_alike_wherever_processes_die(mailbox: Town, name: str) -> None:
    await mailbox.crash(ROUNDS[name], luck=luck_of(name))


@pytest.mark.slow
@pytest.mark.parametrize(
    "service",
    SERVICES,
)
async def test_a_process_may_die_while_it_takes_what_came_early(
    mailbox: Town, service: str
) -> None:
    """The second death is after storing: events taken early have no uncommitted record behind them.

    The letter is withdrawn before the router reads it, so nothing depends on speed.
    """
    topic, chain = HEARD[service], (steps.TAKING_EARLY, *received(steps.AFTER_KEEP))
    letter = await mailbox.hasty()
    if service != "router":
        await mailbox.processes.stop(service)
        await mailbox.processes.start("router")
    first = await overtaking.skipped(
        mailbox, service, topic.name, letter, count=2 if topic is SUBMITTED else 3
    )
    await mailbox.processes.start(service)
    await overtaking.waits(mailbox, service, letter)
    mailbox.processes.fuse(service).arm(chain[0])
    await overtaking.appended(mailbox.witness.bus, first)
    await mailbox.reap(service, chain)
    await mailbox.ends_as_ideal([letter])


@pytest.mark.slow
async def test_processes_may_die_while_they_fill_topics_that_were_made_anew(mailbox: Town) -> None:
    chain = (steps.HALF_RESENT, steps.ALL_RESENT)
    await mailbox.loses_broker(chain, luck=luck_of("broker"))
