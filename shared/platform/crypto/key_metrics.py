"""Metrics of public keys. No holder and no key is ever a label; logs name them."""

from prometheus_client import Counter, Gauge

CHANGES = Counter(
    "mailbox_keys_changes_total", "Changes of public keys that this process has applied."
)
LACKING = Gauge(
    "mailbox_keys_lacking_holders",
    "Holders without a usable key: no_key: none was ever entered, bad_key: it is not valid.",
    ["reason"],
)
ISSUER_FAILURES = Counter(
    "mailbox_keys_issuer_failures_total",
    "Failed attempts to fetch the key set of the sign-in issuer.",
)
LAST_READ = Gauge(
    "mailbox_keys_last_read_timestamp_seconds",
    "When mailbox.keys was last read to its end (Unix time); normally every minute.",
)
UNOPENABLE = Gauge(
    "mailbox_keys_unopenable_keys",
    "Keys of this service that others may seal for and whose private part is missing.",
)
UNUSABLE = Counter(
    "mailbox_keys_unusable_records_total", "Records on mailbox.keys that could not be used."
)
WITHHELD = Counter(
    "mailbox_keys_words_withheld_total",
    "Events sent to a bureau without their words, because it has no valid key.",
)
