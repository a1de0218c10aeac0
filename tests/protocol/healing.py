"""Repairs that happen by themselves: gap requests, recreated topics, replication."""

from collections.abc import Iterator

from tests.protocol import broker
from tests.protocol.broker import begun
from tests.protocol.folding import name
from tests.protocol.keeping import log_of, next_of
from tests.protocol.scenario import Scenario
from tests.protocol.world import Doc, Step, Task, World, number, with_


def heal(scenario: Scenario, world: World) -> Iterator[Step]:
    """Everything of this kind that may happen now."""
    for event in dict.fromkeys(world.air):
        air = list(world.air)
        air.remove(event)
        late = broker.append(scenario, world._replace(air=tuple(air)), event)
        yield Step(f"{name(event.id)} is appended late", late)
    for at, (service, letter) in enumerate(scenario.doc_names):
        if world.durable and world.durable[at] != world.docs[at]:
            spread = world._replace(durable=with_(world.durable, at, world.docs[at]))
            yield Step(f"{service}: a majority has {letter} v{world.docs[at].version}", spread)
        for topic in scenario.named[service].reads:
            yield from _close_gap(scenario, world, service, letter, topic)
    yield from _notice_all(scenario, world)
    if scenario.poison and not world.is_fixed and not scenario.drops:
        yield Step("code that can apply it is deployed", world._replace(is_fixed=True))


def _close_gap(
    scenario: Scenario, world: World, service: str, letter: str, topic: str
) -> Iterator[Step]:
    """The reader requests missing events, and their writer sends them from its log."""
    doc = world.docs[scenario.doc(service, letter)]
    turn = number(doc.seen, topic) + 1
    writer = scenario.writers[topic]
    if not _has_gap(scenario, doc, topic) or writer not in scenario.named:
        return
    if _may_come_yet(scenario, world, service, wanted=(topic, letter, turn)):
        return
    said = [
        one
        for one in log_of(scenario, world, writer, (topic,))
        if one.letter == letter and one.number >= turn
    ]
    for event in said:
        world = broker.append(scenario, world, event)
    if said:
        yield Step(f"{service} misses {name((topic, letter, turn))}: {writer} sends again", world)


def _has_gap(scenario: Scenario, doc: Doc, topic: str) -> bool:
    if any(one.topic == topic for one in doc.early):
        return True
    return scenario.clauses.remembers_heard and number(doc.heard, topic) > number(doc.seen, topic)


def _may_come_yet(
    scenario: Scenario, world: World, service: str, *, wanted: tuple[str, str, int]
) -> bool:
    """Whether a missing event is still to be read, being processed, under way or parked."""
    if any(one.service == service and one.kind == "batch" for one in world.tasks):
        return True
    if any(where == service and event.id == wanted for where, event in world.parked):
        return True
    if any(one.id == wanted for one in world.air):
        return True
    topic, letter, _ = wanted
    part = world.parts[scenario.places.index((topic, scenario.letters[letter]))]
    return any(one.id == wanted for one in part.events[max(part.position, part.first) :])


def _notice_all(scenario: Scenario, world: World) -> Iterator[Step]:
    if not scenario.clauses.watches_incarnations:
        return
    for service, replica in scenario.processes:
        if is_stale(scenario, world, service, replica) and not _resends(world, service, replica):
            says = f"{service} {replica} notices topics made anew"
            yield Step(says, notice(scenario, world, service, replica))


def _resends(world: World, service: str, replica: int) -> bool:
    return any(
        (one.kind, one.service, one.replica) == ("resend", service, replica) for one in world.tasks
    )


def is_stale(scenario: Scenario, world: World, service: str, replica: int) -> bool:
    """Whether a process consumes under other incarnations than the topics have now."""
    started = world.started[scenario.process(service, replica)]
    return any(started[at] != world.incarnations[at] for at in scenario.concerns(service))


def notice(scenario: Scenario, world: World, service: str, replica: int) -> World:
    """Consumers stop, the batch in hand is dropped, and then the log is read, to be sent again."""
    tasks = [
        one
        for one in world.tasks
        if (one.service, one.replica, one.kind) not in {(service, replica, kind) for kind in _READS}
    ]
    stored = world.stored[[one.name for one in scenario.services].index(service)]
    topics = tuple(
        topic
        for at, topic in enumerate(scenario.topics)
        if scenario.writers[topic] == service and stored[at] != world.incarnations[at]
    )
    sends = log_of(scenario, world, service, topics)
    task = Task("resend", service, replica, "send", sends=sends, ids=world.incarnations)
    world = forget(scenario, world, service, replica)
    return begun(world._replace(tasks=tuple(tasks)), next_of(task, scenario))


def forget(scenario: Scenario, world: World, service: str, replica: int) -> World:
    """The process forgets what was acknowledged."""
    who = scenario.process(service, replica)
    return world._replace(memory=frozenset(one for one in world.memory if one[0] != who))


_READS = ("batch", "resend")
