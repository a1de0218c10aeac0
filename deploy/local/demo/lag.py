"""Has everybody read what was sent? By what the services and the bureaus count. Pure."""

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
"""By who writes, and on which topic."""
TO_BUREAUS, FROM_BUREAUS = "bureau.letters", "bureau.actions"
"""How the services call these topics where they count."""

Counts = Mapping[str, Mapping[tuple[str, str], float]]
"""By whose page; then by metric and topic, which is empty where none is told."""


def has_caught_up(counts: Counts) -> bool:
    """Whether nobody has read less than was sent."""
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
    """Sums by metric and topic of a page in Prometheus' text format, of names that begin so."""
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
