"""The topics: their writers, readers, layout, rights and quotas; data with pure look-ups.

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
"""Checks from outside: may read everything, and change nothing."""
SCALER = "scaler"
"""The autoscaler: compares topic ends with commits, and reads no record."""
PUBLIC = "public"
"""Readers of `public.releases`: anyone admitted by the operator."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic."""

    name: str
    mark: str | None
    """Its key in `seen`, `sent` and the like; None if it is not ordered."""
    key: str
    """What a record key names there."""
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    partitions: int
    retention_days: int | None
    """Days that a record is kept; None: the newest record per key forever."""
    compacted: bool = False
    replication: int = 3
    min_in_sync: int = 2

    @property
    def writer(self) -> str:
        """Its writer, or all writers joined by commas."""
        return ",".join(self.writers)

    @property
    def retention(self) -> timedelta | None:
        """How long a record is kept; None: forever."""
        return None if self.retention_days is None else timedelta(days=self.retention_days)

    @property
    def is_sequenced(self) -> bool:
        """Whether its events are numbered 1, 2, 3 … for each subject."""
        return self.mark is not None

    @property
    def is_internal(self) -> bool:
        """Whether only our own services read and write it, so that it may carry traces."""
        return _are_ours(self.writers + self.readers)

    @property
    def is_foreign(self) -> bool:
        """Whether others than our own services write it; nothing relies on their timestamps.

        The broker stamps its records (`LogAppendTime`), because a bureau could backdate its own
        timestamps.
        """
        return not _are_ours(self.writers)

    @property
    def is_public(self) -> bool:
        """Whether outsiders read it, so that it must not contain letter numbers."""
        return PUBLIC in self.readers

    @property
    def bureau(self) -> Bureau | None:
        """The bureau to which the topic belongs, if any."""
        return _bureau_named_in(self.name)


@cache
def _are_ours(names: tuple[str, ...]) -> bool:
    """Cached, because it is called for every record; there are few topics."""
    return {*names} <= {*SERVICES, BOOTSTRAP}


@cache
def _bureau_named_in(topic_name: str) -> Bureau | None:
    """Cached, because it is called for every record; there are few topics."""
    slug = topic_name.split(".")[1] if topic_name.startswith("bureau.") else None
    return next((bureau for bureau in BUREAUS if bureau == slug), None)


@dataclass(frozen=True, slots=True)
class Right:
    """An operation that a principal may do on a topic, or on groups with that prefix.

    `group`: be a member and commit; `describe`: see a topic's end or a group's commits; `settings`:
    read a topic's settings.
    """

    principal: str
    operation: Operation
    resource: str


@dataclass(frozen=True, slots=True)
class Quota:
    """What one principal may use of the cluster, per broker."""

    produced_bytes: int
    """Per second, averaged over some seconds; beyond that, the client is slowed down, not refused.
    """
    consumed_bytes: int
    """Per second."""
    request_percent: int
    """Of one thread's time."""


OUTSIDER = Quota(produced_bytes=1_048_576, consumed_bytes=8_388_608, request_percent=50)
"""For outsiders: eleven of the longest replies per second, and fast re-reading of a topic."""


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
    """The topic of the router's events for the bureau `slug`."""
    return BY_NAME[f"bureau.{slug}.letters"]


def actions_of(slug: Bureau) -> Topic:
    """The topic of the actions of the bureau `slug`."""
    return BY_NAME[f"bureau.{slug}.actions"]


def mark_of(topic_name: str) -> str | None:
    """The key of that topic in `seen` and `sent`; None if it is not ordered."""
    return BY_NAME[topic_name].mark


def bureau_of(topic_name: str) -> Bureau | None:
    """The bureau whose topic it is; None for all others, and for names that are not a topic."""
    topic = BY_NAME.get(topic_name)
    return topic.bureau if topic else None


def rights() -> tuple[Right, ...]:
    """All rights; everything else is denied.

    Our services may read the topics that they number and write: at the start they compare them with
    the database.
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
    """The principal's quota; our own services have none."""
    return OUTSIDER if principal == PUBLIC or principal.startswith("bureau:") else None


def principals() -> tuple[str, ...]:
    """Everyone who has a right."""
    return tuple(dict.fromkeys(right.principal for right in rights()))


def user_of(principal: str) -> str:
    """The principal's user name at the broker: `bureau.foshan` for `bureau:foshan`.

    With a dot, because names of Kubernetes objects may not contain a colon.
    """
    return principal.replace(":", ".")


def is_heard(topic: Topic) -> bool:
    """Whether any of our own services reads it."""
    return any(reader in SERVICES for reader in topic.readers)


def group_prefix(principal: str) -> str:
    """The prefix of the principal's consumer groups: `router`, `bureau.<slug>.`."""
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
