"""Signs on the broker that a real mailbox uses it.

The check writes in the router's place, and only where it can't meet a real one: a broker without
the services' topics, whose bureau topics hold nothing but records of earlier checks.
"""

from collections.abc import Collection

from clients.bureau._kafka.record import Raw
from clients.bureau.check.cast import is_invented
from shared.contracts.envelope import Foreign, Headers, Unreadable, from_record
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.slugs import Bureau
from shared.contracts.topics import ALL, KEYS, letters_of

ENTERED_BY = ("bureau-check-1", "bureau-check-2")
"""The names under which the check enters its keys."""
_SERVICES = frozenset(topic.name for topic in ALL if topic.bureau is None and topic != KEYS)


def topics_of_services(visible: Collection[str]) -> list[str]:
    """Topics that only the mailbox's services write; a bureau's test broker has none of them."""
    return sorted(_SERVICES & set(visible))


def is_foreign(record: Raw, bureau: Bureau) -> bool:
    """Whether the record, on a topic that the check writes, came from anyone else."""
    if record.topic == letters_of(bureau).name:
        return not is_invented((record.key or b"").decode("utf-8", "replace"))
    return record.topic == KEYS.name and key_changed(record) is None


def key_changed(record: Raw) -> tuple[str, int] | None:
    """Holder and number of a key that a check announced; None for any other record."""
    headers: Headers = list(record.headers)
    try:
        said = from_record(Foreign(record.key, record.value, headers), topic=KEYS.name)
    except Unreadable:
        return None
    if not isinstance(said.data, KeyChanged) or said.data.entered_by != ENTERED_BY:
        return None
    return said.subject, said.sequence or 0
