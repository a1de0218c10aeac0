"""Metrics of the publisher. No letter, publication or person is ever a label."""

from prometheus_client import Counter, Gauge

DRAFTS_WAITING = Gauge(
    "mailbox_publisher_drafts_waiting",
    "Publication copies that wait for an editor; counted up to 1,000.",
)
DAYS_COUNTED = Gauge(
    "mailbox_publisher_last_count_timestamp_seconds",
    "End of the last day whose letters are counted and signed (Unix time).",
)
PUBLISHED = Counter("mailbox_publisher_publications_total", "Letters published by this process.")
CHANGED = Counter(
    "mailbox_publisher_changes_total",
    "What two editors decided about publications, by outcome: corrected, withdrawn, unfounded.",
    ["outcome"],
)
PROBLEMS = Counter(
    "mailbox_publisher_problems_reported_total",
    "Problems that readers reported, by kind: reveals, wrong, outdated.",
    ["kind"],
)
FIGURES_COUNTED = Gauge(
    "mailbox_publisher_figures_counted_timestamp_seconds",
    "When the figures were last counted (Unix time).",
)
