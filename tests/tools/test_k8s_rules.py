"""The manifests keep every rule, and each rule was seen to fail on a mistake planted for it."""

import pytest

from tests.tools import planted_pods, planted_talk
from tests.tools.manifests import Manifests
from tests.tools.planted_pods import Plant
from tools.k8s.checking import RULES, findings
from tools.k8s.objects import Rendered
from tools.k8s.place import Json

PLANTS = [*planted_pods.PLANTS, *planted_talk.PLANTS]


def test_production_keeps_every_rule(prod: list[Json]) -> None:
    assert findings(prod) == []


def test_development_keeps_every_rule(dev: list[Json]) -> None:
    assert findings(dev) == []


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant[0].__name__}-{plant[1]}")
def test_a_planted_mistake_is_seen(plant: Plant, prod: list[Json]) -> None:
    rule, said, make = plant
    manifests = Manifests(prod)
    make(manifests)
    found = list(rule(manifests.rendered))
    assert [one for one in found if said in one], found


def test_each_rule_was_seen_to_fail() -> None:
    assert {rule for rule, _, _ in PLANTS} == set(RULES)


def test_planting_changes_nothing_for_others(prod: list[Json]) -> None:
    before = len(Rendered(prod).of("Service"))
    Manifests(prod).drop("Service", "router")
    assert len(Rendered(prod).of("Service")) == before
