"""Differences between a cluster and the contract are listed line by line."""

from dataclasses import replace

from shared.access.difference import difference
from shared.access.wanted import Binding, ClusterState, TopicShape, wanted
from shared.contracts.topics import SUBMITTED

SHAPE = TopicShape(6, 3, {"retention.ms": "1000"})
WANTED = wanted({SUBMITTED.name: SHAPE})
EMPTY = ClusterState(frozenset(), frozenset())


def lines(found: ClusterState) -> list[str]:
    return list(difference(WANTED, found).lines())


def test_a_cluster_as_the_contract_says_differs_in_nothing() -> None:
    assert lines(WANTED) == []


def test_an_empty_cluster_lacks_everything() -> None:
    told = lines(EMPTY)
    for line in (
        "+ user bureau.foshan",
        "+ right bureau.foshan: READ group bureau.foshan.*",
        "+ topic letters.submitted",
        "~ quota public: request_percentage=50",
    ):
        assert line in told


def test_what_is_too_much_is_named_and_what_is_not_ours_is_not() -> None:
    leak = Binding("bureau.foshan", "READ", "topic", "bureau.", is_prefix=True)
    refusal = Binding("router", "READ", "topic", "letters.submitted", is_denial=True, host="::1")
    theirs = Binding("billing", "READ", "topic", "invoices")
    found = replace(WANTED, bindings=WANTED.bindings | {leak, refusal, theirs})
    assert lines(found) == [
        "- right bureau.foshan: READ topic bureau.*",
        "- right router: READ topic letters.submitted denied from ::1",
    ]


def test_quotas_are_changed_and_taken_away() -> None:
    found = replace(
        WANTED,
        quotas={**WANTED.quotas, "public": {"producer_byte_rate": 9.0}, "router": {"x": 1.0}},
    )
    assert lines(found) == [
        "~ quota public: consumer_byte_rate=8388608",
        "~ quota public: producer_byte_rate=1048576",
        "~ quota public: request_percentage=50",
        "- quota router: x",
    ]


def test_settings_of_topics_are_changed_and_wrong_partitions_are_told() -> None:
    found = replace(WANTED, topics={SUBMITTED.name: TopicShape(4, 1, {"retention.ms": "1"})})
    assert lines(found) == [
        "~ topic letters.submitted: retention.ms=1000",
        "! topic letters.submitted has 4 partitions, not 6",
        "! topic letters.submitted has 1 copies, not 3",
    ]


def test_settings_that_the_contract_does_not_know_are_taken_back() -> None:
    """A topic with wrong settings keeps less, or accepts more, than the contract says."""
    configs = {**SHAPE.configs, "retention.bytes": "1"}
    found = replace(WANTED, topics={SUBMITTED.name: replace(SHAPE, configs=configs)})
    assert lines(found) == ["- topic letters.submitted: retention.bytes"]
    assert difference(WANTED, found).configs == {SUBMITTED.name: {"retention.bytes": None}}
