"""What processes do with the work in hand, from its first step to its last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from tests.protocol import broker, keeping
from tests.protocol.broker import begun, replaced
from tests.protocol.folding import name
from tests.protocol.keeping import next_of
from tests.protocol.scenario import Scenario
from tests.protocol.world import (
    Doc,
    Event,
    Mark,
    Part,
    Step,
    Task,
    World,
    number,
    numbered,
    sent,
    with_,
)

MOST_IN_THE_AIR = 2


def advance(scenario: Scenario, world: World) -> Iterator[Step]:
    """Every next step of every piece of work in hand."""
    for task in dict.fromkeys(world.tasks):
        yield from _STEPS[task.step](scenario, world, task)


def begin(scenario: Scenario, world: World) -> Iterator[Step]:
    """New work that somebody may take in hand."""
    for service, replica in scenario.processes:
        yield from _fetch(scenario, world, service, replica)
    for _, letter, at in sorted(world.asked):
        yield from _hear_command(scenario, world, letter, at)
    yield from _sweep(scenario, world)
    for service, event in sorted(world.parked):
        yield from _replay(scenario, world, service, event)


# --- taking work in hand -------------------------------------------------------------------------


def _fetch(scenario: Scenario, world: World, service: str, replica: int) -> Iterator[Step]:
    busy = {"batch", "resend"}
    if any((one.service, one.replica) == (service, replica) and one.kind in busy
           for one in world.tasks):
        return
    owned = [at for at in scenario.read_by(service) if world.parts[at].owner == replica]
    if scenario.clauses.loss_is_noticed:
        lost = [at for at in owned if world.parts[at].position < world.parts[at].first]
        if lost:
            yield _notice_loss(scenario, world, service, replica, lost)
            return
    ahead = [_ahead(world.parts[at], scenario.batch) for at in owned]
    for counts in product(*(range(len(events) + 1) for _, events in ahead)):
        if 0 < sum(counts) <= scenario.batch:
            taken = [
                (at, start, events[:count])
                for at, (start, events), count in zip(owned, ahead, counts, strict=True)
                if count
            ]
            yield _take(scenario, world, service, replica, taken)


def _ahead(part: Part, most: int) -> tuple[int, tuple[Event, ...]]:
    """From where on, and what comes there; a position out of range is the beginning."""
    start = part.position if part.position <= len(part.events) else part.first
    start = max(start, part.first)
    return start, part.events[start : start + most]


def _take(
    scenario: Scenario,
    world: World,
    service: str,
    replica: int,
    taken: list[tuple[int, int, tuple[Event, ...]]],
) -> Step:
    events = tuple(event for _, _, some in taken for event in some)
    parts, ends = world.parts, []
    for at, start, some in taken:
        ends.append((at, start + len(some)))
        parts = with_(parts, at, parts[at]._replace(position=start + len(some)))
    task = Task(
        "batch",
        service,
        replica,
        "keep",
        inputs=events,
        todo=tuple(dict.fromkeys(one.letter for one in events)),
        ends=tuple(ends),
        known=_known(scenario, world, service, events),
    )
    says = f"{service} {replica} fetches {', '.join(name(one.id) for one in events)}"
    return Step(says, begun(world._replace(parts=parts), task))


def _known(
    scenario: Scenario, world: World, service: str, events: tuple[Event, ...]
) -> tuple[tuple[str, str, int], ...] | None:
    if scenario.clauses.losers_send:
        return None
    docs = {one.letter: world.docs[scenario.doc(service, one.letter)] for one in events}
    return tuple(one.id for one in events if one.number <= number(docs[one.letter].seen, one.topic))


def _notice_loss(
    scenario: Scenario, world: World, service: str, replica: int, lost: list[int]
) -> Step:
    """Offsets below the first: the log is sent again, and the topic asked for, then committed."""
    parts = world.parts
    for at in lost:
        parts = with_(parts, at, parts[at]._replace(position=parts[at].first))
    task = Task(
        "resend",
        service,
        replica,
        "send",
        ends=tuple((at, parts[at].first) for at in lost),
        sends=log_of(scenario, world, service, scenario.topics),
    )
    places = ", ".join("/".join(map(str, scenario.places[at])) for at in lost)
    says = f"{service} {replica} notices that records of {places} are gone"
    return Step(says, begun(world._replace(parts=parts), next_of(task, scenario)))


def log_of(
    scenario: Scenario, world: World, service: str, topics: tuple[str, ...]
) -> tuple[Event, ...]:
    """Everything that a service ever said on these topics, as a resend reads it."""
    majority = scenario.clauses.majority_reads
    return tuple(
        event
        for at, (owner, _) in enumerate(scenario.doc_names)
        if owner == service
        for event in keeping.history(
            scenario, keeping.read(scenario, world, at, majority=majority)
        )
        if event.topic in topics
    )


def _hear_command(scenario: Scenario, world: World, letter: str, at: int) -> Iterator[Step]:
    command = ("command", letter, at)
    if any(one.kind == "command" and one.inputs[0].id == command for one in world.tasks):
        return
    service = scenario.asks[at].service
    task = Task(
        "command",
        service,
        at % scenario.named[service].replicas,
        "load" if scenario.loads_apart else "keep",
        inputs=(Event(*command, cause=command),),
        todo=(letter,),
    )
    yield Step(f"{service} {task.replica} is given command {at}", begun(world, task))


def _sweep(scenario: Scenario, world: World) -> Iterator[Step]:
    hasty = number(world.budget, "hasty sweep")
    for at, (service, letter) in enumerate(scenario.doc_names):
        doc = keeping.read(scenario, world, at, majority=scenario.clauses.majority_reads)
        mine = [one for one in world.tasks if one.service == service]
        if not doc.unsent or any(one.kind == "sweep" for one in mine):
            continue
        is_young = any(mark.letter == letter for one in mine for mark in one.marks)
        if is_young and not hasty:
            continue
        swept = begun(world, _sweeping(scenario, doc, service, letter))
        if is_young:
            swept = swept._replace(
                budget=numbered(world.budget, "hasty sweep", value=hasty - 1)
            )
        says = f"{service} sweeper finds {letter} v{doc.version} unsent {dict(doc.unsent)}"
        yield Step(says, swept, is_promised=not is_young)


def _sweeping(scenario: Scenario, doc: Doc, service: str, letter: str) -> Task:
    sends = tuple(
        one
        for one in keeping.history(scenario, doc)
        if 0 < number(doc.unsent, one.topic) <= one.number
    )
    highs = tuple((topic, sent(doc, topic)) for topic, _ in doc.unsent)
    marks = (Mark(letter, doc.version, doc.unsent, highs),)
    return next_of(Task("sweep", service, 0, "send", sends=sends, marks=marks), scenario)


def _replay(scenario: Scenario, world: World, service: str, event: Event) -> Iterator[Step]:
    doc = world.docs[scenario.doc(service, event.letter)]
    kind = "drop" if scenario.drops else "replay"
    is_begun = any(one.kind == kind and one.inputs == (event,) for one in world.tasks)
    if is_begun or event.number > number(doc.seen, event.topic) + 1:
        return
    if not world.is_fixed and not scenario.drops:
        return
    task = Task(kind, service, 0, "keep", inputs=(event,), todo=(event.letter,))
    yield Step(f"{service}: {kind} of parked {name(event.id)}", begun(world, task))


# --- going on with it ----------------------------------------------------------------------------


def _load(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    at = scenario.doc(task.service, task.todo[0])
    doc = keeping.read(scenario, world, at, majority=scenario.clauses.majority_loads)
    says = f"{task.service} {task.replica}: {task.kind} loads v{doc.version}"
    yield Step(says, replaced(world, task, task._replace(step="keep", loaded=doc)))


def _keep(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    for letter in task.todo:
        yield from keeping.keep(scenario, world, task, letter)


def _read_back(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    """Whose write stands there? One's own: it was kept; another's: it is decided again."""
    command = task.inputs[0]
    doc = world.docs[scenario.doc(task.service, command.letter)]
    if doc.by == (command.id,):
        after, found = next_of(task, scenario), "its own"
    else:
        again = Task("command", task.service, task.replica, "keep", inputs=task.inputs)
        after, found = again._replace(todo=(command.letter,)), "another's"
    says = f"{task.service} {task.replica}: command reads back, the last write is {found}"
    yield Step(says, replaced(world, task, after))


def _park(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    parked = world.parked | {(task.service, one) for one in task.unfit}
    is_last = not scenario.clauses.parks_before_commit
    after = None if is_last else next_of(task._replace(unfit=()), scenario)
    says = f"{task.service} {task.replica} parks {', '.join(name(one.id) for one in task.unfit)}"
    yield Step(says, replaced(world._replace(parked=parked), task, after))


def _send(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    if any(world.durable[at].version < version for at, version in task.waits):
        return
    event, rest = task.sends[0], task.sends[1:]
    after = next_of(task._replace(sends=rest, waits=()), scenario)
    done = broker.acknowledge(scenario, world, event, of=task)
    who = f"{task.service} {task.replica}: {task.kind} sends {name(event.id)}"
    yield Step(f"{who}, acknowledged", replaced(done, task, after))
    left = number(world.budget, "late append")
    if left and len(world.air) < MOST_IN_THE_AIR:
        flying = world._replace(
            air=tuple(sorted((*world.air, event))),
            budget=numbered(world.budget, "late append", value=left - 1),
        )
        yield Step(f"{who}, no answer: tried again", flying, is_promised=False)


def _commit(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    """The end of each piece of work; batches commit, and what was parked is deleted."""
    says = f"{task.service} {task.replica}: {task.kind} is done"
    after = None
    if task.kind == "batch":
        says = f"{task.service} {task.replica} commits {_ends(scenario, task)}"
        after = task._replace(step="park") if task.unfit else None
    elif task.kind in {"replay", "drop"}:
        world = world._replace(parked=world.parked - {(task.service, task.inputs[0])})
    elif task.kind == "resend":
        world = _asked_for(scenario, _remembered(scenario, world, task), task)
    elif task.kind == "trim":
        world = _trimmed(scenario, world, task)
    yield Step(says, replaced(broker.commit(scenario, world, task), task, after))


def _ends(scenario: Scenario, task: Task) -> str:
    places = [f"{'/'.join(map(str, scenario.places[at]))} at {end}" for at, end in task.ends]
    return ", ".join(places) or "nothing: its partitions have gone"


def _remembered(scenario: Scenario, world: World, task: Task) -> World:
    """A new incarnation has the whole log now; consumers start at its beginning."""
    if not task.ids:
        return world
    service = [one.name for one in scenario.services].index(task.service)
    who = scenario.process(task.service, task.replica)
    world = world._replace(
        stored=with_(world.stored, service, task.ids),
        started=with_(world.started, who, task.ids),
    )
    for at in scenario.read_by(task.service):
        if world.parts[at].owner == task.replica:
            world = broker.begin_at(scenario, world, at, owner=task.replica)
    return world


def _asked_for(scenario: Scenario, world: World, task: Task) -> World:
    """The writers of topics that lost records send them again."""
    for topic in sorted({scenario.places[at][0] for at, _ in task.ends}):
        writer = scenario.writers[topic]
        if writer in scenario.named:
            for event in log_of(scenario, world, writer, (topic,)):
                world = broker.append(scenario, world, event)
    return world


def _trimmed(scenario: Scenario, world: World, task: Task) -> World:
    """What was inserted into the collection leaves the document, unless that was written since."""
    entry, at = task.inputs[0], scenario.doc(task.service, task.inputs[1].letter)
    doc = world.docs[at]
    if (doc.version, doc.by) != (task.marks[0].version if task.marks else None, doc.by):
        pass
    log = tuple(one for one in doc.log if one != entry)
    return world._replace(docs=with_(world.docs, at, doc._replace(log=log)))


_STEPS: dict[str, Callable[[Scenario, World, Task], Iterator[Step]]] = {
    "load": _load,
    "keep": _keep,
    "read back": _read_back,
    "park": _park,
    "look": keeping.look,
    "look on": keeping.look,
    "send": _send,
    "clear": keeping.clear,
    "raise": keeping.clear,
    "commit": _commit,
}
