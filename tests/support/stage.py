"""Two processes of the diary service, their topics and documents, and everything that can fail.

The shell is the real one; every operation of the database and broker doubles waits for its turn.
The writer of the input topics is a model: it sends its records in order, and sends them again when
requested or when the broker lost them.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from shared.platform.kafka.bus import Inbound, Outbound
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.repair.incarnations import Incarnations
from tests.support.acting import Partition, Place, Process
from tests.support.builders import ACTIONS_TOPIC, BUREAU_TOPIC, READS, WRITES, Note
from tests.support.doubles import Memory, header
from tests.support.gates import Ending, GatedBus, GatedCollection, Gates, whole
from tests.support.replicas import World

PROCESSES = (0, 1)
MOST_ROUNDS = 40


class Stage:
    """The whole scene, with one method for each thing that can happen."""

    def __init__(self, partition_of: dict[str, int]) -> None:
        """`partition_of`: each letter's partition, the same in every topic."""
        self.world = World()
        self.partition_of = partition_of
        self.gates = Gates()
        self.late: list[Outbound] = []
        """Sent, not acknowledged, and appended later or never."""
        self.coming: list[Inbound] = []
        """Input that is not on its topic yet."""
        self.said: dict[tuple[str, str], list[Inbound]] = {}
        """All input ever sent, by topic and letter."""
        self.asked: dict[str, IdempotentCommand[Note]] = {}
        """Commands by their ids."""
        self.answered: set[str] = set()
        self.incarnation = 0
        places = [
            Place(topic, number) for topic in READS for number in sorted({*partition_of.values()})
        ]
        self.partitions = {place: Partition() for place in places}
        self.loop = asyncio.new_event_loop()
        self._ids = Memory()
        self.processes = [self._process(name) for name in PROCESSES]
        self._run()

    def close(self) -> None:
        """Cancel everything in progress."""
        for process in self.processes:
            self._cancel(process.tasks)
        self.loop.close()

    # --- what is said ----------------------------------------------------------------------------

    def say(self, raw: Inbound) -> None:
        """The writer of a topic sends its next record, which is under way from now on."""
        self.said.setdefault((raw.topic, raw.key.decode()), []).append(raw)
        self.coming.append(raw)

    def land(self, at: int, *, again: bool = False) -> None:
        """A record under way arrives on its topic; `again`: and will arrive once more."""
        raw = self.coming[at] if again else self.coming.pop(at)
        self.partitions[self._place(raw)].records.append(raw)

    def land_late(self, at: int) -> None:
        """A record that was sent without an acknowledgement is on the topic after all."""
        record = self.late.pop(at)
        self.world.bus.topics.setdefault(record.topic, []).append(record)

    def say_again(self, topic: str, letters: Iterable[str], *, after: int = 0) -> None:
        """A topic's writer sends again everything after that number; actions are never resent."""
        if topic != ACTIONS_TOPIC:
            for letter in letters:
                self.coming += self.said.get((topic, letter), [])[after:]

    def close_gap(self, topic: str, letter: str) -> None:
        """The service requests what it misses."""
        document = self.world.documents.kept.get(letter)
        if document is not None and "gap_since" in document:
            mark = topic.removeprefix("letters.")
            seen, heard = document["seen"].get(mark, 0), document["heard"].get(mark, 0)
            if seen < heard:
                self.say_again(topic, [letter], after=seen)

    # --- what processes do -----------------------------------------------------------------------

    def fetch(self, name: int, most: int) -> None:
        """Start to process the next records of the partitions that this process owns."""
        process = self.processes[name]
        if process.is_busy:
            return
        process.fenced = set()
        lost = [at for at, one in process.owned.items() if one.position < one.first]
        taken = {} if lost else {at: one.take(most) for at, one in process.owned.items()}
        records = [raw for some in taken.values() for raw in some]
        if lost:
            process.batch = self._start(process.make_good(lost, self._ask))
        elif records:
            ends = {at: self.partitions[at].position for at, some in taken.items() if some}
            process.batch = self._start(process.consume(records, ends))
        self._run()

    def tell(self, name: int, told: IdempotentCommand[Note]) -> None:
        """A command arrives."""
        self.asked[told.id] = told
        process = self.processes[name]
        process.others.append(self._start(process.obey(told, answered=self.answered)))
        self._run()

    def sweep(self, name: int) -> None:
        """The process looks for unsent events."""
        process = self.processes[name]
        process.others.append(self._start(process.sweep()))
        self._run()

    def notice(self, name: int) -> None:
        """The process finds new topics: it drops its batch and sends its log again."""
        process = self.processes[name]
        if process.started != self.incarnation:
            self._cancel([process.batch] if process.batch is not None else [])
            process.batch = self._start(process.start_under(self.incarnation))
            self._run()

    def go(self, at: int, ending: Ending) -> None:
        """Let the operation that waits there succeed or fail."""
        if self.gates.waiting:
            self.gates.let(self.gates.waiting[at % len(self.gates.waiting)], ending)
            self._run()

    def go_one(self, name: int, ending: Ending) -> None:
        """Let the process's oldest operation succeed or fail."""
        mine = [one for one in self.gates.waiting if one.process == name]
        if mine:
            self.gates.let(mine[0], ending)
            self._run()

    def go_on(self, name: int) -> None:
        """Let the process finish all its work without trouble."""
        while mine := [one for one in self.gates.waiting if one.process == name]:
            self.gates.let(mine[0])
            self._run()

    # --- what befalls them -----------------------------------------------------------------------

    def kill(self, name: int, heir: int) -> None:
        """The process dies with all its work and starts again."""
        self._cancel(self.processes[name].tasks)
        self.processes[name] = self._process(name)
        for partition in self.partitions.values():
            if partition.owner == name:
                partition.place(heir, incarnation=self.processes[heir].started)
        self._run()

    def move(self, place: Place) -> None:
        """Another process gets the partition; the batch in progress goes on as a zombie."""
        partition = self.partitions[place]
        self.processes[partition.owner].fenced.add(place)
        heir = 1 - partition.owner
        partition.place(heir, incarnation=self.processes[heir].started)

    def lose_topics(self, *, keeps_offsets: bool) -> None:
        """The broker loses every topic, and perhaps the group's offsets; all are recreated."""
        self.incarnation += 1
        self.world.bus.topics.clear()
        self.late.clear()
        for place, partition in self.partitions.items():
            partition.records, partition.first = [], 0
            if not keeps_offsets:
                partition.commit(0, incarnation=-1)
                for process in self.processes:
                    process.fenced.add(place)
        self.coming.clear()
        for topic in READS:
            self.say_again(topic, self.partition_of)

    def expire(self, place: Place) -> None:
        """Retention removes records of a partition."""
        self.partitions[place].first = len(self.partitions[place].records)

    # --- the end ---------------------------------------------------------------------------------

    def settle(self) -> None:
        """All that the protocol promises happens, and nothing else. Raises: AssertionError."""
        for _ in range(MOST_ROUNDS):
            if self._is_settled():
                return
            self._settle_once()
        raise AssertionError("something stays undone for ever")

    def _settle_once(self) -> None:
        for kind, land in ((self.late, self.land_late), (self.coming, self.land)):
            while kind:
                land(0)
        for told in [one for name, one in self.asked.items() if name not in self.answered]:
            self.tell(0, told)
        for process in self.processes:
            self.go_on(process.name)
            self.notice(process.name)
            self.go_on(process.name)
            self.fetch(process.name, 100)
            self.go_on(process.name)
        if all(one.position == len(one.records) for one in self.partitions.values()):
            self._ask_for_the_rest()
        self.world.clock.pass_by(seconds=61)
        self.sweep(0)
        self.go_on(0)

    def _ask_for_the_rest(self) -> None:
        for topic, letter in self.said:
            self.close_gap(topic, letter)
        self.coming += self._unanswered()

    def _unanswered(self) -> list[Inbound]:
        """Actions that the service doesn't know: their bureau sends them again."""
        actions = [
            one for (topic, _), some in self.said.items() if topic == ACTIONS_TOPIC for one in some
        ]
        return [one for one in actions if not self._knows(one)]

    def _knows(self, action: Inbound) -> bool:
        """Whether it was decided, or a stranger was answered, which no log keeps."""
        name, letter = header(action, "ce_id"), action.key.decode()
        causes = {header(one, "ce_cause") for one in self._unnumbered(letter)}
        if letter in self.world.documents.kept:
            causes |= {one.cause for one in self.world.log(letter)}
        return name in causes

    def _is_settled(self) -> bool:
        is_idle = not (self.late or self.coming or any(one.tasks for one in self.processes))
        is_read = all(
            not one.records or (one.committed, one.under) == (len(one.records), self.incarnation)
            for one in self.partitions.values()
        )
        documents = self.world.documents.kept.values()
        is_told = self.asked.keys() <= self.answered and not self._unanswered()
        is_sent = not any("unsent" in one or "gap_since" in one for one in documents)
        is_new = all(one.started == self.incarnation for one in self.processes)
        return is_idle and is_read and is_told and is_sent and is_new

    def _unnumbered(self, letter: str) -> list[Outbound]:
        found = self.world.bus.records(BUREAU_TOPIC, letter)
        return [one for one in found if not header(one, "ce_sequence")]

    # --- inside ----------------------------------------------------------------------------------

    def _process(self, name: int) -> Process:
        world, gates = self.world, self.gates
        parts = {
            part: GatedCollection(getattr(world, part), gates, process=name)
            for part in ("documents", "strangers", "moved", "asked")
        }
        bus = GatedBus(world.bus, gates, self.late, process=name)
        own = World(clock=world.clock, bus=bus, seals=world.seals, **parts)
        ids = GatedCollection(self._ids, gates, process=name)
        process = Process(
            name,
            own.replica(),
            Incarnations(bus, ids, reads=READS, writes=WRITES),
            self.partitions,
        )
        process.batch = self._start(process.start_under(self.incarnation))
        return process

    def _place(self, raw: Inbound) -> Place:
        return Place(raw.topic, self.partition_of[raw.key.decode()])

    def _ask(self, place: Place) -> None:
        letters = [one for one, number in self.partition_of.items() if number == place.partition]
        self.say_again(place.topic, letters)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self.loop.create_task(whole(work))

    def _run(self) -> None:
        tasks = [task for process in self.processes for task in process.tasks]
        self.loop.run_until_complete(self.gates.until_blocked(tasks))

    def _cancel(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(_ended(tasks))


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
