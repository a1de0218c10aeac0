"""What must be true in the end, when nothing that is promised is left to happen.

S1 to S4 are asserted where they could break: folding.py (S1, S2), broker.py (S3), keeping.py (S4).
"""

from tests.protocol.folding import name
from tests.protocol.scenario import Scenario
from tests.protocol.world import Doc, Violation, World, number, sent


def check_end(scenario: Scenario, world: World) -> None:
    """Raises: Violation, when something would stay undone for ever."""
    for at, (service, letter) in enumerate(scenario.doc_names):
        doc = world.docs[at]
        if doc.unsent:
            raise Violation(f"L2 unsent of {letter} at {service} stays {dict(doc.unsent)}")
        _check_seen(scenario, world, service, letter, doc)
        _check_on_topic(scenario, world, doc)
    for at, part in enumerate(world.parts):
        topic, partition = scenario.places[at]
        is_read = topic in scenario.reader and part.first < len(part.events)
        if is_read and part.committed != len(part.events):
            raise Violation(f"L2 {topic}/{partition} is never committed to its end")
    if world.tasks or world.parked or world.asked:
        raise Violation("L1 work stays in hand for ever")


def _check_seen(scenario: Scenario, world: World, service: str, letter: str, doc: Doc) -> None:
    for topic in scenario.named[service].reads:
        if topic in scenario.outsiders:
            continue
        writer = world.docs[scenario.doc(scenario.writers[topic], letter)]
        seen, last = number(doc.seen, topic), sent(writer, topic)
        if seen != last:
            raise Violation(f"L1 {service} sees {seen} of {last} of {topic} of {letter} for ever")


def _check_on_topic(scenario: Scenario, world: World, doc: Doc) -> None:
    """Everything emitted is on its topic, or its reader has seen it."""
    for one in doc.history:
        if one.topic not in scenario.reader and one not in world.parts[scenario.place(one)].events:
            raise Violation(f"L1 {name(one.id)} is never on its topic")
