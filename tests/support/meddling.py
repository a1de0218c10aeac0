"""Changes by others to a letter at the worst moment, and processes that die after storing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from shared.platform.kafka.bus import Inbound
from shared.platform.mongo.database import Operation, WriteResult
from tests.support.doubles import Hook, Memory
from tests.support.replicas import World


@dataclass
class Meddled(Memory):
    """A collection that others change just after a write or just before a read."""

    after_write: list[Hook] = field(default_factory=list)
    before_find: list[Hook] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @override
    async def write(self, operations: Sequence[Operation]) -> WriteResult:
        written = await super().write(operations)
        if operations and self.after_write:
            await self.after_write.pop(0)()
        return written

    @override
    async def _before_read(self, where: Mapping[str, Any]) -> None:
        if self.before_find:
            await self.before_find.pop(0)()
        await super()._before_read(where)


async def sweep(world: World) -> None:
    """A process without memory sends what has stayed unsent for long."""
    world.clock.pass_by(seconds=6)
    await world.replica().sweeper.sweep()


async def die_after_keeping(world: World, *raw: Inbound) -> None:
    """A process stores the effects of these and dies before it sends them."""
    dying = world.replica()
    await dying.letters.decide_and_store(dying.read(*raw))
