"""The broker: append, deliver, keep offsets."""

from tests.protocol.folding import name
from tests.protocol.scenario import Scenario
from tests.protocol.world import Event, Task, Violation, World, with_


def append(scenario: Scenario, world: World, event: Event) -> World:
    """The world with that event at the end of its partition."""
    at = scenario.place(event)
    part = world.parts[at]
    for other in part.events:
        if other.id == event.id and other.cause != event.cause:
            raise Violation(f"S3 {name(event.id)} has two contents")
    part = part._replace(events=(*part.events, event))
    return world._replace(parts=with_(world.parts, at, part))


def acknowledge(scenario: Scenario, world: World, event: Event, *, of: Task) -> World:
    """Append it, and acknowledge."""
    world = append(scenario, world, event)._replace(acked=world.acked | {event.id})
    if not scenario.damps:
        return world
    who = scenario.process(of.service, of.replica)
    return world._replace(memory=world.memory | {(who, event.id)})


def commit(scenario: Scenario, world: World, task: Task) -> World:
    """Keep the offsets of those partitions that the task's process still owns."""
    under = world.started[scenario.process(task.service, task.replica)]
    for at, end in task.ends:
        topic = scenario.topics.index(scenario.places[at][0])
        part = world.parts[at]._replace(committed=end, under=under[topic])
        world = world._replace(parts=with_(world.parts, at, part))
    return world


def begin_at(scenario: Scenario, world: World, at: int, *, owner: int) -> World:
    """The partition is handed to that replica, which goes on where its group left off."""
    part = world.parts[at]
    topic = scenario.topics.index(scenario.places[at][0])
    is_trusted = (
        not scenario.clauses.offsets_name_incarnation or part.under == world.incarnations[topic]
    )
    otherwise = 0 if scenario.clauses.loss_needs_no_commit else part.first
    position = part.committed if is_trusted else otherwise
    if position > len(part.events):
        position = part.first
    part = part._replace(owner=owner, position=position)
    return world._replace(parts=with_(world.parts, at, part))


def fence(task: Task, places: tuple[int, ...]) -> Task:
    """The task after its process lost these partitions: it may not commit there any more."""
    if task.kind not in {"batch", "resend"} or not task.ends:
        return task
    return task._replace(ends=tuple(one for one in task.ends if one[0] not in places))


def fenced(world: World, places: tuple[int, ...]) -> World:
    """No task that is in hand now may commit in these partitions."""
    tasks = tuple(sorted((fence(one, places) for one in world.tasks), key=repr))
    return world._replace(tasks=tasks)


def replaced(world: World, task: Task, by: Task | None) -> World:
    """The world in which that task is a step further, or done."""
    tasks = list(world.tasks)
    tasks.remove(task)
    if by is not None:
        tasks.append(by)
        tasks.sort(key=repr)
    return world._replace(tasks=tuple(tasks))


def begun(world: World, task: Task) -> World:
    """The world in which a process works on that task."""
    return world._replace(tasks=tuple(sorted((*world.tasks, task), key=repr)))
