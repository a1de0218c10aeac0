"""Whether all consumers have caught up, by the metrics of services and bureaus."""

from collections.abc import Iterable, Mapping

from shared.contracts.topics import DEADLINES, PROGRESS, PUBLISHED, SUBMITTED

SENT, READ = "mailbox_shell_sent_total", "mailbox_consumer_records_total"
TOLD, ASKED = "mailbox_bureaus_records_total", "mailbox_bureaus_actions_total"
READERS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("intake", SUBMITTED.name): ("router", "notifier", "publisher"),
    ("router", PROGRESS.name): ("intake", "notifier", "publisher"),
    ("notifier", DEADLINES.name): ("router",),
    ("publisher", PUBLISHED.name): ("intake", "router", "notifier"),
}
"""Readers of each topic, by its writer and its name."""
TO_BUREAUS, FROM_BUREAUS = "bureau.letters", "bureau.actions"
"""The names of these topics in the services' metrics."""

Counts = Mapping[str, Mapping[tuple[str, str], float]]
"""Values by service, then by metric name and topic; the topic is empty where there is no label."""


def has_caught_up(counts: Counts) -> bool:
    """Return whether every consumer has read at least as many records as were sent."""
    for (writer, topic), readers in READERS.items():
        sent = counts[writer].get((SENT, topic), 0.0)
        if any(counts[reader].get((READ, topic), 0.0) < sent for reader in readers):
            return False
    told = counts["router"].get((SENT, TO_BUREAUS), 0.0)
    asked = counts["bureaus"].get((ASKED, ""), 0.0)
    return (
        counts["bureaus"].get((TOLD, ""), 0.0) >= told
        and counts["router"].get((READ, FROM_BUREAUS), 0.0) >= asked
    )


def counted(lines: Iterable[str], *, names: tuple[str, ...]) -> dict[tuple[str, str], float]:
    """Return sums by metric and topic from a page in Prometheus' text format.

    `names`: prefixes of the metrics to count.
    """
    found: dict[tuple[str, str], float] = {}
    for line in lines:
        if line.startswith(names):
            name, _, value = line.rpartition(" ")
            metric, _, labels = name.partition("{")
            key = metric, _topic(labels)
            found[key] = found.get(key, 0.0) + float(value)
    return found


def _topic(labels: str) -> str:
    _, _, rest = labels.partition('topic="')
    return rest.partition('"')[0]
