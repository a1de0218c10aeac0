"""What the publisher counts. No letter, publication or person is ever a label."""

from prometheus_client import Counter, Gauge

DRAFTS_WAITING = Gauge(
    "mailbox_publisher_drafts_waiting",
    "Publication copies that wait for an editor; counted up to 1,000.",
)
PUBLISHED = Counter("mailbox_publisher_publications_total", "Letters published by this process.")
