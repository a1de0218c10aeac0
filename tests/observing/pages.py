"""Faults in a page of metrics: names that the table lacks, label values outside a vocabulary."""

from prometheus_client.parser import text_string_to_metric_families

from tools.metric_labels import strange
from tools.metrics import catalogue

OTHERS = ("python_", "process_")
"""Metrics of the client library about any process."""


def faults(page: str) -> list[str]:
    """Each sample of ours that isn't as the table says, without its value."""
    of_series = {series: one.name for one in catalogue() for series in one.series}
    found: list[str] = []
    for family in text_string_to_metric_families(page):
        for one in family.samples:
            if one.name.startswith(OTHERS):
                continue
            metric = of_series.get(one.name)
            if metric is None:
                found.append(f"{one.name} is in no table")
                continue
            labels = strange(metric, one.labels, except_=("le",))
            found += [f"{one.name}: {label} is {one.labels[label]!r}" for label in labels]
    return found
