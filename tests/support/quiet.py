"""Compares a run with that of one quiet process that received each event once and in order."""

from collections import Counter

from tests.support.builders import (
    BUREAU_TOPIC,
    DEADLINES_TOPIC,
    PROGRESS_TOPIC,
    SUBMITTED_TOPIC,
)
from tests.support.doubles import header
from tests.support.replicas import Replica, World
from tests.support.stage import Stage


def ideal(stage: Stage) -> Replica:
    """One quiet process that received the same, each event once and in order."""
    replica = World().replica()
    for raws in stage.said.values():
        stage.loop.run_until_complete(replica.hear(*raws))
    for command in stage.asked.values():
        stage.loop.run_until_complete(replica.told(command))
    return replica


def check(stage: Stage) -> None:
    """States, logs and topics are those of a quiet run."""
    quiet = ideal(stage).world
    for letter in stage.partition_of:
        ours, theirs = stage.world, quiet
        assert Counter(ours.state(letter).notes) == Counter(theirs.state(letter).notes)
        document = ours.document(letter)
        assert document["seen"] == theirs.document(letter)["seen"]
        assert document["early"] == {}
        assert not {"gap_since", "unsent", "unsent_since"} & document.keys()
        _check_order(stage, letter)
        for topic in (PROGRESS_TOPIC, BUREAU_TOPIC):
            _check_topic(ours, theirs, topic, letter)


def _check_order(stage: Stage, letter: str) -> None:
    """Events of one topic were applied in order."""
    log = sorted(stage.world.log(letter), key=lambda one: one.sequence)
    for topic in (SUBMITTED_TOPIC, DEADLINES_TOPIC):
        said = [header(raw, "ce_id") for raw in stage.said.get((topic, letter), [])]
        for written in (PROGRESS_TOPIC, BUREAU_TOPIC):
            causes = [one.cause for one in log if one.record.topic == written]
            applied = list(dict.fromkeys(cause for cause in causes if cause in said))
            assert applied == [one for one in said if one in applied]


def _check_topic(ours: World, theirs: World, topic: str, letter: str) -> None:
    """Sequences are dense, each id has one content, and equal causes have equal effects."""
    log = [one for one in ours.log(letter) if one.record.topic == topic]
    expected = [one for one in theirs.log(letter) if one.record.topic == topic]
    assert Counter((one.cause, one.type) for one in log) == Counter(
        (one.cause, one.type) for one in expected
    )
    on_topic = {one for one in ours.bus.records(topic, letter) if header(one, "ce_sequence")}
    assert on_topic == {one.record for one in log}, "what is kept is sent, and nothing else"
    numbers = sorted(int(header(one, "ce_sequence")) for one in on_topic)
    assert numbers == list(range(1, len(log) + 1))
    answers = {one for one in ours.bus.records(topic, letter) if not header(one, "ce_sequence")}
    wanted = {
        header(one, "ce_cause")
        for one in theirs.bus.records(topic, letter)
        if not header(one, "ce_sequence")
    }
    assert Counter(header(one, "ce_cause") for one in answers) == Counter(wanted)


def check_replay(stage: Stage) -> None:
    """A process without memory reads every topic again: nothing changes.

    Entries that a death left too long in a document are trimmed at the next load, which is done
    before.
    """
    replica = stage.world.replica()
    stage.loop.run_until_complete(replica.history.trim(stage.partition_of))
    documents = dict(stage.world.documents.kept)
    contents = {topic: set(found) for topic, found in stage.world.bus.topics.items()}
    for raws in stage.said.values():
        stage.loop.run_until_complete(replica.hear(*raws))
    assert stage.world.documents.kept == documents
    assert {topic: set(found) for topic, found in stage.world.bus.topics.items()} == contents
