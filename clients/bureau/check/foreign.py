"""Signs on the broker that a real mailbox uses it.

The check writes as if it were the router. It does so only where nobody else could be: no topic of
the services in sight, and on the bureau's topics nothing but what earlier checks left.
"""

from collections.abc import Collection

from clients.bureau._kafka.record import Raw
from clients.bureau.check.cast import is_invented
from shared.contracts.envelope import Foreign, Headers, Unreadable, from_record
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.slugs import Bureau
from shared.contracts.topics import ALL, KEYS, letters_of

ENTERED_BY = ("bureau-check-1", "bureau-check-2")
"""By whom the check says that its keys were entered."""
_SERVICES = frozenset(topic.name for topic in ALL if topic.bureau is None and topic != KEYS)


def topics_of_services(visible: Collection[str]) -> list[str]:
    """Topics on which only the mailbox's own services speak: none are on a bureau's test broker."""
    return sorted(_SERVICES & set(visible))


def is_foreign(record: Raw, bureau: Bureau) -> bool:
    """Whether somebody else than a check has written it, on a topic that the check writes."""
    if record.topic == letters_of(bureau).name:
        return not is_invented((record.key or b"").decode("utf-8", "replace"))
    return record.topic == KEYS.name and key_changed(record) is None


def key_changed(record: Raw) -> tuple[str, int] | None:
    """Holder and number of a key that a check has announced; none of everything else."""
    headers: Headers = list(record.headers)
    try:
        said = from_record(Foreign(record.key, record.value, headers), topic=KEYS.name)
    except Unreadable:
        return None
    if not isinstance(said.data, KeyChanged) or said.data.entered_by != ENTERED_BY:
        return None
    return said.subject, said.sequence or 0
