"""Metrics of this process."""

from prometheus_client import REGISTRY


def sample(name: str, **labels: str) -> float:
    """The value of a metric; 0 if it has none."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def summed(name: str, **labels: str) -> float:
    """The sum of a metric over all series with these labels."""
    return sum(
        one.value
        for family in REGISTRY.collect()
        for one in family.samples
        if one.name == name and labels.items() <= one.labels.items()
    )
