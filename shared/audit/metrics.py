"""What does an audit tell Prometheus? A file that its node exporter reads. No letter is a label."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from shared.audit.tally import AuditTally

REGISTRY = CollectorRegistry()
"""Apart from that of the services: an audit runs, writes and ends."""

LAST_RUN = Gauge(
    "mailbox_audit_last_run_timestamp_seconds",
    "When the last audit judged (Unix time).",
    registry=REGISTRY,
)
DURATION = Gauge(
    "mailbox_audit_duration_seconds", "How long it took, waiting included.", registry=REGISTRY
)
LETTERS = Gauge("mailbox_audit_letters", "Letters that it read.", registry=REGISTRY)
UNJUDGED = Gauge(
    "mailbox_audit_unjudged_letters",
    "Letters that looked wrong and were too many to be judged.",
    registry=REGISTRY,
)
BREACHES = Gauge(
    "mailbox_audit_breaches", "What breaks each invariant.", ["invariant"], registry=REGISTRY
)
MOVING = Gauge(
    "mailbox_audit_moving_letters",
    "Letters that changed while they were looked at.",
    ["invariant"],
    registry=REGISTRY,
)


def write_metrics(tally: AuditTally, path: Path) -> None:
    """Write the file, whole or not at all."""
    LAST_RUN.set(tally.as_of.timestamp())
    DURATION.set(tally.waited_s + tally.read_s)
    LETTERS.set(tally.letters)
    UNJUDGED.set(tally.unjudged)
    for invariant, line in tally.lines.items():
        BREACHES.labels(invariant).set(line.breaches)
        MOVING.labels(invariant).set(line.moving)
    write_to_textfile(str(path), REGISTRY)
