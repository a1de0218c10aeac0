"""What is counted of public keys. No holder and no key is ever a label; logs name them."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

CHANGES = Counter(
    "mailbox_keys_changes_total", "Changes of public keys that this process has heard of."
)
LACKING = Gauge(
    "mailbox_keys_lacking_holders",
    "Holders for whom nothing can be sealed now: no_key was never entered, bad_key is not valid.",
    ["reason"],
)
ISSUER_FAILURES = Counter(
    "mailbox_keys_issuer_failures_total",
    "Attempts to fetch the key set of the sign-in's issuer that failed.",
)
LAST_READ = Gauge(
    "mailbox_keys_last_read_timestamp_seconds",
    "When mailbox.keys was last read to its end (Unix time); each minute, if all is well.",
)
UNOPENABLE = Gauge(
    "mailbox_keys_unopenable_keys",
    "Keys of this service that others may seal for and whose private part it doesn't have.",
)
UNUSABLE = Counter(
    "mailbox_keys_unusable_records_total", "Records on mailbox.keys that could not be used."
)
WITHHELD = Counter(
    "mailbox_keys_words_withheld_total",
    "Events told to a bureau without their words, for want of a valid key.",
)
