"""Failures that may happen at any moment, as often as the scenario's budget allows."""

from collections.abc import Callable, Iterator

from tests.protocol import broker
from tests.protocol.broker import begun, fenced
from tests.protocol.healing import forget, is_stale, notice
from tests.protocol.scenario import Scenario
from tests.protocol.world import Part, Step, Task, World, number, numbered, with_


def strike(scenario: Scenario, world: World) -> Iterator[Step]:
    """Everything that an adversary may do now."""
    for name, left in world.budget:
        act = _ACTS.get(name)
        if not left or act is None:
            continue
        spent = world._replace(budget=numbered(world.budget, name, value=left - 1))
        for says, after in act(scenario, spent):
            yield Step(says, after, is_promised=False)


Acts = Iterator[tuple[str, World]]


def _crash(scenario: Scenario, world: World) -> Acts:
    """A process dies with all that it has in hand, and starts again."""
    for service, replica in scenario.processes:
        if service not in scenario.crashing:
            continue
        is_idle = not any((one.service, one.replica) == (service, replica) for one in world.tasks)
        if is_idle and not is_stale(scenario, world, service, replica):
            continue
        for heir in range(scenario.named[service].replicas):
            died = _without_process(scenario, world, service, replica, heir)
            yield f"CRASH of {service} {replica}; {service} {heir} takes over", died
            if not _owns(scenario, world, service, replica):
                break


def _owns(scenario: Scenario, world: World, service: str, replica: int) -> bool:
    return any(world.parts[at].owner == replica for at in scenario.read_by(service))


def _without_process(
    scenario: Scenario, world: World, service: str, replica: int, heir: int
) -> World:
    tasks = tuple(one for one in world.tasks if (one.service, one.replica) != (service, replica))
    world = forget(scenario, world._replace(tasks=tasks), service, replica)
    for at in scenario.read_by(service):
        if world.parts[at].owner == replica:
            world = broker.begin_at(scenario, world, at, owner=heir)
    stored = world.stored[[one.name for one in scenario.services].index(service)]
    who = scenario.process(service, replica)
    if any(stored[at] != world.incarnations[at] for at in scenario.concerns(service)):
        return notice(scenario, world, service, replica)
    return world._replace(started=with_(world.started, who, world.incarnations))


def _rebalance(scenario: Scenario, world: World) -> Acts:
    """One partition goes to the other replica; the batch in hand goes on as a zombie's."""
    for service in scenario.services:
        if service.replicas < 2:
            continue
        for at in scenario.read_by(service.name):
            owner = 1 - world.parts[at].owner
            moved = broker.begin_at(scenario, fenced(world, (at,)), at, owner=owner)
            topic, partition = scenario.places[at]
            yield f"REBALANCE: {topic}/{partition} goes to {service.name} {owner}", moved


def _reset(scenario: Scenario, world: World) -> Acts:
    """The broker loses topics, and perhaps their readers' offsets; they are recreated."""
    gone = scenario.resetting
    places = tuple(at for at, (topic, _) in enumerate(scenario.places) if topic in gone)
    parts = tuple(
        _emptied(part, keeps_offset=scenario.offsets_survive) if at in places else part
        for at, part in enumerate(world.parts)
    )
    incarnations = tuple(
        before + (topic in gone)
        for before, topic in zip(world.incarnations, scenario.topics, strict=True)
    )
    if not scenario.offsets_survive:
        world = fenced(world, places)
    air = tuple(one for one in world.air if one.topic not in gone)
    lost = world._replace(parts=parts, incarnations=incarnations, air=air)
    yield f"THE BROKER LOSES {' and '.join(gone)}", lost


def _emptied(part: Part, *, keeps_offset: bool) -> Part:
    if keeps_offset:
        return part._replace(events=(), first=0)
    return Part(owner=part.owner, under=part.under)


def _retention(scenario: Scenario, world: World) -> Acts:
    """A partition's records so far are too old and go."""
    for at, part in enumerate(world.parts):
        topic, partition = scenario.places[at]
        if topic in scenario.reader and part.first < len(part.events):
            old = part._replace(first=len(part.events))
            says = f"RETENTION removes what stands on {topic}/{partition}"
            yield says, world._replace(parts=with_(world.parts, at, old))


def _late_retention(scenario: Scenario, world: World) -> Acts:
    """The same, but only where the reader has applied everything, committed or not."""
    for says, after in _retention(scenario, world):
        gone = next(at for at, part in enumerate(after.parts) if part != world.parts[at])
        service = scenario.reader[scenario.places[gone][0]]
        events = after.parts[gone].events
        seen = {one: world.docs[scenario.doc(service, one)].seen for one in scenario.letters}
        if all(number(seen[one.letter], one.topic) >= one.number for one in events):
            yield says, after


def _failover(scenario: Scenario, world: World) -> Acts:
    """A database falls back to what a majority has."""
    for service in scenario.services:
        mine = [at for at, (name, _) in enumerate(scenario.doc_names) if name == service.name]
        if all(world.docs[at] == world.durable[at] for at in mine):
            continue
        docs = tuple(world.durable[at] if at in mine else doc for at, doc in enumerate(world.docs))
        tasks = tuple(
            sorted((_told_of_loss(world, one, service.name) for one in world.tasks), key=repr)
        )
        yield (
            f"THE DATABASE of {service.name} FAILS OVER",
            world._replace(docs=docs, tasks=tasks),
        )


def _told_of_loss(world: World, task: Task, service: str) -> Task:
    """A process that waited for a majority gets an error instead, and stores again."""
    unmet = any(world.durable[at].version < version for at, version in task.waits)
    if task.service != service or not unmet:
        return task
    letters = tuple(dict.fromkeys(one.letter for one in task.inputs))
    return task._replace(step="keep", todo=letters, sends=(), marks=(), waits=(), repeats=())


def _trim(scenario: Scenario, world: World) -> Acts:
    """The oldest entry of a log is inserted into the collection, to leave the document next."""
    for at, (service, letter) in enumerate(scenario.doc_names):
        doc = world.docs[at]
        if not doc.log or any(one.kind == "trim" for one in world.tasks):
            continue
        inserted = doc._replace(moved=tuple(dict.fromkeys((*doc.moved, doc.log[0]))))
        task = Task("trim", service, 0, "trim", inputs=doc.log[:1], todo=(letter,), loaded=inserted)
        docs = with_(world.docs, at, inserted)
        yield f"{service} moves the oldest of {letter}", begun(world._replace(docs=docs), task)


def _ask_again(scenario: Scenario, world: World) -> Acts:
    """A client without an answer repeats the command."""
    for at, ask in enumerate(scenario.asks):
        command = ("command", ask.letter, at)
        if command not in world.asked:
            yield f"command {at} is asked again", world._replace(asked=world.asked | {command})


_ACTS: dict[str, Callable[[Scenario, World], Acts]] = {
    "crash": _crash,
    "rebalance": _rebalance,
    "reset": _reset,
    "retention": _retention,
    "late retention": _late_retention,
    "failover": _failover,
    "trim": _trim,
    "ask again": _ask_again,
}
