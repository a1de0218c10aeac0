"""The work that processes may start: records, commands, unsent events, parked records."""

from collections.abc import Iterator
from itertools import product

from tests.protocol.broker import begun
from tests.protocol.folding import name
from tests.protocol.keeping import history, log_of, next_of, read
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


def begin(scenario: Scenario, world: World) -> Iterator[Step]:
    """New work that a process may start."""
    for service, replica in scenario.processes:
        yield from _fetch(scenario, world, service, replica)
    for _, letter, at in sorted(world.asked):
        yield from _hear_command(scenario, world, letter, at)
    yield from _sweep(scenario, world)
    for service, event in sorted(world.parked):
        yield from _replay(scenario, world, service, event)


def _fetch(scenario: Scenario, world: World, service: str, replica: int) -> Iterator[Step]:
    busy = {"batch", "resend"}
    if any(
        (one.service, one.replica) == (service, replica) and one.kind in busy for one in world.tasks
    ):
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
    """The position and the next records; a position out of range is the beginning."""
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


def _hear_command(scenario: Scenario, world: World, letter: str, at: int) -> Iterator[Step]:
    command, ask = ("command", letter, at), scenario.asks[at]
    given = {one.inputs[0].id for one in world.tasks if one.kind == "command"}
    if command in given or any(
        other < at and scenario.asks[other] == ask for _, _, other in world.asked - given
    ):
        return  # alike ones are given in order: which of them comes first makes no difference
    service = ask.service
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
        doc = read(world, at, majority=scenario.clauses.majority_reads)
        mine = [one for one in world.tasks if one.service == service]
        if not doc.unsent or any(one.kind == "sweep" for one in mine):
            continue
        is_young = any(mark.letter == letter for one in mine for mark in one.marks)
        if is_young and not hasty:
            continue
        swept = begun(world, _sweeping(scenario, doc, service, letter))
        if is_young:
            swept = swept._replace(budget=numbered(world.budget, "hasty sweep", value=hasty - 1))
        says = f"{service} sweeper finds {letter} v{doc.version} unsent {dict(doc.unsent)}"
        yield Step(says, swept, is_promised=not is_young)


def _sweeping(scenario: Scenario, doc: Doc, service: str, letter: str) -> Task:
    sends = tuple(
        one for one in history(scenario, doc) if 0 < number(doc.unsent, one.topic) <= one.number
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
