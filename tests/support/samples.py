"""What do the metrics of this process show?"""

from prometheus_client import REGISTRY


def sample(name: str, **labels: str) -> float:
    """What a metric shows; 0 when it shows nothing."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def summed(name: str, **labels: str) -> float:
    """The sum of what a metric shows under these labels, whatever the others are."""
    return sum(
        one.value
        for family in REGISTRY.collect()
        for one in family.samples
        if one.name == name and labels.items() <= one.labels.items()
    )
