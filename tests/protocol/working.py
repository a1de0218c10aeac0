"""The steps of processes with their work, from the first to the last."""

from collections.abc import Callable, Iterator

from tests.protocol import broker, keeping
from tests.protocol.broker import replaced
from tests.protocol.folding import name
from tests.protocol.keeping import log_of, next_of, read
from tests.protocol.scenario import Scenario
from tests.protocol.world import (
    Step,
    Task,
    World,
    number,
    numbered,
    with_,
)

MOST_IN_THE_AIR = 2


def advance(scenario: Scenario, world: World) -> Iterator[Step]:
    """Every next step of every piece of work in hand."""
    for task in dict.fromkeys(world.tasks):
        yield from _STEPS[task.step](scenario, world, task)


def _load(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    at = scenario.doc(task.service, task.todo[0])
    doc = read(world, at, majority=scenario.clauses.majority_loads)
    says = f"{task.service} {task.replica}: {task.kind} loads v{doc.version}"
    yield Step(says, replaced(world, task, task._replace(step="keep", loaded=doc)))


def _keep(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    for letter in task.todo:
        yield from keeping.keep(scenario, world, task, letter)


def _read_back(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    """Whose write succeeded? One's own: it is stored; another's: decide again."""
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
    """The end of each piece of work; batches commit, and parked records are deleted."""
    says = f"{task.service} {task.replica}: {task.kind} is done"
    after = None
    if task.kind == "batch":
        says = f"{task.service} {task.replica} commits {_ends(scenario, task)}"
        after = task._replace(step="park") if task.unfit else None
    elif task.kind in {"replay", "drop"}:
        world = world._replace(parked=world.parked - {(task.service, task.inputs[0])})
    elif task.kind == "resend":
        world = _asked_for(scenario, _remembered(scenario, world, task), task)
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


def _trim(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    """Entries inserted into the archive leave the document, unless that was written since."""
    at = scenario.doc(task.service, task.todo[0])
    doc, loaded = world.docs[at], task.loaded
    if loaded and (doc.version, doc.by) == (loaded.version, loaded.by):
        log = tuple(one for one in doc.log if one not in task.inputs)
        world = world._replace(docs=with_(world.docs, at, doc._replace(log=log)))
    says = f"{task.service} {task.replica}: the document of {task.todo[0]} is trimmed"
    yield Step(says, replaced(world, task, None))


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
    "trim": _trim,
}
