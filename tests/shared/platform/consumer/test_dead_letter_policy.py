"""What happens to unhandled records: which are parked, and who receives a refusal."""

from collections.abc import Sequence

from prometheus_client import REGISTRY

from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import ALL
from shared.platform.consumer.dead_letter_policy import (
    DeadLetterPolicy,
    Handled,
    Verdict,
    handled,
    is_parked,
)
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.service_decider import ServiceDecider
from tests.support.builders import (
    ACTIONS_TOPIC,
    FOREIGN_ACTIONS_TOPIC,
    LETTER,
    Diary,
    Note,
    action,
    asked,
    seals_of,
    unknown_action,
)
from tests.support.doubles import Clock, Memory
from tests.support.folding import fold
from tests.support.parked import choking_on
from tests.support.replicas import World
from tests.support.samples import sample


async def left_over(*raws: Inbound) -> Handled:
    return handled(await World().replica().hear(*raws))


async def test_what_is_applied_or_comes_again_leaves_nothing_over() -> None:
    assert await left_over(asked(1), asked(1), action("x"), action("x")) == Handled([], {})


async def test_a_rule_s_no_to_a_bureau_counts_for_it_and_to_nobody_else() -> None:
    done = await left_over(
        asked(1, "refuse"),
        action("refuse", name="a"),
        action("refuse", name="b"),
        action("foreign", name="c"),
        action("foreign", name="d", topic=FOREIGN_ACTIONS_TOPIC),
        unknown_action("5f0c6b57-6a5c-4a4b-9a50-0d3c0f6f4d11"),
    )
    assert done.refused == {ACTIONS_TOPIC: 4, FOREIGN_ACTIONS_TOPIC: 1}
    assert done.unfit == []


async def test_a_no_that_was_given_before_counts_once() -> None:
    """Otherwise a topic read from its beginning would be held back for old faults."""
    world = World()
    replica = world.replica()
    again = (action("refuse"), action("foreign"))
    assert handled(await replica.hear(*again)).refused == {ACTIONS_TOPIC: 2}
    assert handled(await replica.hear(*again)).refused == {}


def test_what_cannot_be_applied_is_to_be_parked_and_says_only_what_was_raised() -> None:
    rules: ServiceDecider[Note, Diary] = choking_on("ask-1")
    done = handled([fold(asked(1), decide=rules.decide)])
    assert done.unfit == [Faulty(asked(1), "unfit", "KeyError")]


def test_only_ordered_topics_of_our_own_services_are_parked() -> None:
    parked = {topic.name for topic in ALL if is_parked(topic.name)}
    assert parked == {
        "letters.submitted",
        "letters.diverted",
        "letters.progress",
        "letters.deadlines",
        "letters.published",
    }


async def test_where_nobody_is_to_be_told_nobody_is() -> None:
    store = Memory()
    parking = DeadLetterStore(store, seals_of().ring, now=Clock())
    unusable = DeadLetterPolicy(parking)
    junk = Faulty(action("x", letter=LETTER), "unreadable")
    verdict = await unusable.judge([junk])
    assert verdict == Verdict(refuse=[junk])
    await unusable.settle(verdict)
    assert store.kept == {}


REFUSED = "mailbox_consumer_actions_refused_total"


async def test_refused_actions_are_counted_at_their_bureau_by_who_refused_them() -> None:
    told: list[Faulty] = []

    async def tell(found: Sequence[Faulty]) -> None:
        told.extend(found)

    def counted() -> list[float]:
        bureaus = ("guangzhou", "shenzhen")
        kinds = ("rule", "unreadable")
        return [sample(REFUSED, bureau=one, kind=kind) for one in bureaus for kind in kinds]

    unusable = DeadLetterPolicy(
        DeadLetterStore(Memory(), seals_of().ring, now=Clock()), refuse=tell
    )
    before = counted()
    unusable.spend({ACTIONS_TOPIC: 3, FOREIGN_ACTIONS_TOPIC: 1})
    junk = Faulty(action("x", topic=FOREIGN_ACTIONS_TOPIC), "unreadable", "bad_json")
    await unusable.settle(Verdict(refuse=[junk]))
    assert told == [junk]
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [3, 0, 1, 1]


def test_where_actions_come_every_bureau_begins_at_none() -> None:
    async def tell(_: Sequence[Faulty]) -> None:
        return None

    DeadLetterPolicy(DeadLetterStore(Memory(), seals_of().ring, now=Clock()), refuse=tell)
    shown = {
        (one.labels["bureau"], one.labels["kind"])
        for family in REGISTRY.collect()
        for one in family.samples
        if one.name == REFUSED
    }
    assert shown == {(bureau, kind) for bureau in BUREAUS for kind in ("rule", "unreadable")}
