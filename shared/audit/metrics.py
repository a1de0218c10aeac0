"""The audit's metrics: a file for Prometheus' node exporter. No letter is a label."""

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from shared.audit.tally import AuditTally

REGISTRY = CollectorRegistry()
"""Separate from the services' registry: an audit runs, writes and ends."""

LAST_RUN = Gauge(
    "mailbox_audit_last_run_timestamp_seconds",
    "When the last audit started to read (Unix time).",
    registry=REGISTRY,
)
DURATION = Gauge(
    "mailbox_audit_duration_seconds",
    "Duration of the last audit, including waiting.",
    registry=REGISTRY,
)
LETTERS = Gauge("mailbox_audit_letters", "Letters that the last audit read.", registry=REGISTRY)
UNJUDGED = Gauge(
    "mailbox_audit_unjudged_letters",
    "Suspect letters that were too many to be checked again.",
    registry=REGISTRY,
)
BREACHES = Gauge(
    "mailbox_audit_breaches",
    "Number of breaches of each invariant.",
    ["invariant"],
    registry=REGISTRY,
)
MOVING = Gauge(
    "mailbox_audit_moving_letters",
    "Suspect letters that changed while they were checked.",
    ["invariant"],
    registry=REGISTRY,
)


def write_metrics(tally: AuditTally, path: Path) -> None:
    """Write the file atomically."""
    LAST_RUN.set(tally.as_of.timestamp())
    DURATION.set(tally.waited_s + tally.read_s)
    LETTERS.set(tally.letters)
    UNJUDGED.set(tally.unjudged)
    for invariant, line in tally.lines.items():
        BREACHES.labels(invariant).set(line.breaches)
        MOVING.labels(invariant).set(line.moving)
    write_to_textfile(str(path), REGISTRY)
