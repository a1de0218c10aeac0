"""A process that was frozen for longer than its session comes back and does no harm.

Two routers share the work. One is frozen at exactly a step of a batch; the other takes over and
finishes it; then the first continues in the middle of work that is no longer its own. The clerk's
requests go to the one that is never frozen.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy.local.stack.ports import free_ports
from tests.chaos import steps
from tests.chaos.people import KINDS
from tests.chaos.steps import RECEIVED
from tests.chaos.town import Town, luck_of, town

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
]

STEADY, FROZEN = "router", "second-router"
STEPS = (
    steps.AFTER_DECIDE.format(RECEIVED),
    steps.EFFECTS_KEPT.format(RECEIVED),
    steps.AFTER_SEND.format(RECEIVED),
    steps.BEFORE_COMMIT,
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mailbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town with two routers."""
    async with town(tmp_path_factory.mktemp("frozen")) as running:
        await running.learn(luck=luck_of("ideal"))
        running.processes.twin(FROZEN, of=STEADY, port=free_ports().router)
        await running.processes.start(FROZEN)
        yield running
        await running.ends_as_ideal(running.letters)


@pytest.mark.parametrize("step", STEPS)
async def test_a_frozen_process_comes_back_and_does_no_harm(mailbox: Town, step: str) -> None:
    since = len(mailbox.letters)
    await mailbox.freezes(FROZEN, step, luck=luck_of(step))
    mailbox.processes.thaw(FROZEN)
    await mailbox.wave(luck=luck_of(step))
    await mailbox.ends_as_ideal(mailbox.letters[since:])


async def test_who_came_back_works_on_alone(mailbox: Town) -> None:
    since, luck = len(mailbox.letters), luck_of("alone")
    await mailbox.freezes(FROZEN, steps.BEFORE_COMMIT, luck=luck)
    await mailbox.processes.kill(STEADY)
    mailbox.processes.thaw(FROZEN)
    await mailbox.wave(luck=luck, kinds=[kind for kind in KINDS if kind != "sent-on"])
    await mailbox.ends_as_ideal(mailbox.letters[since:])
    await mailbox.processes.start(STEADY)


async def test_a_notifier_that_came_back_reads_again(mailbox: Town) -> None:
    """A router frozen during a takeover once stayed live and ready, and never read again."""
    since, luck, other = len(mailbox.letters), luck_of("notifier"), "second-notifier"
    mailbox.processes.twin(other, of="notifier", port=free_ports().notifier)
    await mailbox.processes.start(other)
    mailbox.processes.freeze(other)
    await mailbox.wave(luck=luck)
    mailbox.processes.thaw(other)
    await mailbox.processes.kill("notifier")
    await mailbox.wave(luck=luck)
    await mailbox.ends_as_ideal(mailbox.letters[since:])
    await mailbox.processes.start("notifier")
    await mailbox.processes.stop(other)
