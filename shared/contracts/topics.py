"""Where does each kind of event go, and who may write and read there? Data, and pure look-ups.

The local stack, the manifests, the access rules and the AsyncAPI document are made from this.
Topics are never created by use.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Literal, TypeAlias

from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.vocabulary import SERVICES

Operation: TypeAlias = Literal["read", "write", "group", "create", "describe", "settings"]

BOOTSTRAP = "bootstrap"
AUDITOR = "auditor"
"""Checks from outside: may look everywhere, and change nothing."""
SCALER = "scaler"
"""The autoscaler: compares topic ends with commits, and reads no record."""
PUBLIC = "public"
"""Readers of `public.releases`: anyone let in by the operator."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic."""

    name: str
    mark: str | None
    """Its key in `seen`, `sent` and the like; none where nothing is ordered."""
    key: str
    """What a record key names there."""
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    partitions: int
    retention_days: int | None
    """Days that a record is kept; none: the newest of each key for ever."""
    compacted: bool = False
    replication: int = 3
    min_in_sync: int = 2

    @property
    def writer(self) -> str:
        """Its one writer, or all of them with commas between."""
        return ",".join(self.writers)

    @property
    def retention(self) -> timedelta | None:
        """How long a record is kept; none: for ever."""
        return None if self.retention_days is None else timedelta(days=self.retention_days)

    @property
    def is_sequenced(self) -> bool:
        """Whether its events are numbered 1, 2, 3 … for each subject."""
        return self.mark is not None

    @property
    def is_internal(self) -> bool:
        """Whether only our own services read and write it, so that traces may stand there."""
        return _are_ours(self.writers + self.readers)

    @property
    def is_foreign(self) -> bool:
        """Whether others than our own services write it, whose word nothing may rest on.

        The broker stamps its records (`LogAppendTime`): a bureau could backdate its own timestamps.
        """
        return not _are_ours(self.writers)

    @property
    def is_public(self) -> bool:
        """Whether people outside read it, so that no letter number may stand there."""
        return PUBLIC in self.readers

    @property
    def bureau(self) -> Bureau | None:
        """The bureau that the topic belongs to, if it is one's."""
        return _bureau_named_in(self.name)


@cache
def _are_ours(names: tuple[str, ...]) -> bool:
    """Asked for every record that is read or sent; there are few topics."""
    return {*names} <= {*SERVICES, BOOTSTRAP}


@cache
def _bureau_named_in(topic_name: str) -> Bureau | None:
    """Asked for every record that is read or sent; there are few topics."""
    slug = topic_name.split(".")[1] if topic_name.startswith("bureau.") else None
    return next((bureau for bureau in BUREAUS if bureau == slug), None)


@dataclass(frozen=True, slots=True)
class Right:
    """Something that one principal may do: to a topic of that name, or to groups so prefixed.

    `group` is to be a member and to commit; `describe` is to see where a topic ends, or what a
    group has committed; `settings` is to read a topic's settings.
    """

    principal: str
    operation: Operation
    resource: str


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of the cluster one principal may use, for each broker."""

    produced_bytes: int
    """A second, averaged over some seconds; then the client is slowed down, not refused."""
    consumed_bytes: int
    """A second."""
    request_percent: int
    """Of one thread's time."""


OUTSIDER = Quota(produced_bytes=1_048_576, consumed_bytes=8_388_608, request_percent=50)
"""Of whoever isn't ours: eleven of the longest replies a second, and a topic read again quickly."""


def _letters(
    name: str, mark: str | None, *, writers: tuple[str, ...], readers: tuple[str, ...]
) -> Topic:
    return Topic(name, mark, "letter", writers, readers, partitions=6, retention_days=90)


_ALL_BUREAUS = tuple(f"bureau:{slug}" for slug in BUREAUS)

SUBMITTED = _letters(
    "letters.submitted",
    "submitted",
    writers=("intake",),
    readers=("router", "notifier", "publisher"),
)
DIVERTED = Topic(
    "letters.diverted",
    "diverted",
    "diversion",
    writers=("intake",),
    readers=("notifier",),
    partitions=6,
    retention_days=90,
)
PROGRESS = _letters(
    "letters.progress",
    "progress",
    writers=("router",),
    readers=("intake", "notifier", "publisher"),
)
DEADLINES = _letters("letters.deadlines", "deadlines", writers=("notifier",), readers=("router",))
PUBLISHED = _letters(
    "letters.published",
    "published",
    writers=("publisher",),
    readers=("intake", "router", "notifier"),
)
RELEASES = Topic(
    "public.releases",
    "releases",
    "publication",
    writers=("publisher",),
    readers=(PUBLIC,),
    partitions=3,
    retention_days=365,
)
RESENDS = Topic(
    "letters.resends",
    None,
    "letter, diversion or publication",
    writers=SERVICES,
    readers=SERVICES,
    partitions=6,
    retention_days=1,
)
KEYS = Topic(
    "mailbox.keys",
    "keys",
    "key holder",
    writers=("router",),
    readers=(*SERVICES, *_ALL_BUREAUS),
    partitions=1,
    retention_days=None,
    compacted=True,
)
TOPICS = Topic(
    "mailbox.topics",
    None,
    "topic",
    writers=(BOOTSTRAP,),
    readers=SERVICES,
    partitions=1,
    retention_days=None,
    compacted=True,
)


def letters_of(slug: Bureau) -> Topic:
    """The topic on which the router tells the bureau `slug` about its letters."""
    return BY_NAME[f"bureau.{slug}.letters"]


def actions_of(slug: Bureau) -> Topic:
    """The topic on which the bureau `slug` asks for something."""
    return BY_NAME[f"bureau.{slug}.actions"]


def mark_of(topic_name: str) -> str | None:
    """The key of that topic in `seen` and `sent`; none where nothing is ordered."""
    return BY_NAME[topic_name].mark


def bureau_of(topic_name: str) -> Bureau | None:
    """The bureau whose topic it is; none for all others, and for names that are no topic."""
    topic = BY_NAME.get(topic_name)
    return topic.bureau if topic else None


def rights() -> tuple[Right, ...]:
    """Everything that anyone may do; what isn't here is denied.

    Our services may read what they number and write: a start compares it with the database.
    """
    found: list[Right] = []
    for topic in ALL:
        found += (Right(writer, "write", topic.name) for writer in topic.writers)
        found += (Right(reader, "read", topic.name) for reader in topic.readers)
        found.append(Right(BOOTSTRAP, "create", topic.name))
        if topic.is_sequenced:
            found += (
                Right(writer, "read", topic.name)
                for writer in topic.writers
                if writer in SERVICES and writer not in topic.readers
            )
        if topic.is_foreign:
            found += (Right(reader, "settings", topic.name) for reader in topic.readers)
    found.append(Right(BOOTSTRAP, "read", TOPICS.name))
    found += (Right(name, "group", group_prefix(name)) for name in (*SERVICES, *_ALL_BUREAUS))
    found.append(Right(PUBLIC, "group", group_prefix(PUBLIC)))
    found += (Right(AUDITOR, "read", topic.name) for topic in ALL if is_heard(topic))
    found += (Right(SCALER, "describe", topic.name) for topic in ALL if is_heard(topic))
    found += (
        Right(looker, "describe", group_prefix(name))
        for looker in (AUDITOR, SCALER)
        for name in SERVICES
    )
    return tuple(found)


def quota(principal: str) -> Quota | None:
    """How much that principal may use; our own services take what they need."""
    return OUTSIDER if principal == PUBLIC or principal.startswith("bureau:") else None


def principals() -> tuple[str, ...]:
    """Everyone who has a right."""
    return tuple(dict.fromkeys(right.principal for right in rights()))


def user_of(principal: str) -> str:
    """The name under which that principal signs in at the broker: `bureau:foshan`, `bureau.foshan`.

    A dot, since names of objects in a cluster of containers may hold no colon.
    """
    return principal.replace(":", ".")


def is_heard(topic: Topic) -> bool:
    """Whether any of our own services reads it."""
    return any(reader in SERVICES for reader in topic.readers)


def group_prefix(principal: str) -> str:
    """How the names of that principal's consumer groups begin: `router`, `bureau.<slug>.`."""
    if principal in SERVICES:
        return principal
    return principal.replace(":", ".") + "."


def _of_bureau(slug: Bureau) -> tuple[Topic, Topic]:
    bureau = (f"bureau:{slug}",)
    return (
        Topic(
            f"bureau.{slug}.letters",
            f"bureau_{slug}",
            "letter",
            writers=("router",),
            readers=bureau,
            partitions=3,
            retention_days=90,
        ),
        Topic(
            f"bureau.{slug}.actions",
            None,
            "letter",
            writers=bureau,
            readers=("router",),
            partitions=3,
            retention_days=90,
        ),
    )


ALL: tuple[Topic, ...] = (
    SUBMITTED,
    DIVERTED,
    PROGRESS,
    DEADLINES,
    PUBLISHED,
    RELEASES,
    RESENDS,
    KEYS,
    TOPICS,
    *(topic for slug in BUREAUS for topic in _of_bureau(slug)),
)
BY_NAME: dict[str, Topic] = {topic.name: topic for topic in ALL}
