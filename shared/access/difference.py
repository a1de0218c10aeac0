"""The difference between a cluster and the contract."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.access.wanted import Binding, ClusterState, TopicShape, concerns_us


@dataclass(frozen=True, slots=True)
class Difference:
    """What is missing, and what is surplus."""

    users: tuple[str, ...]
    """Users without a password so far."""
    missing: tuple[Binding, ...]
    surplus: tuple[Binding, ...]
    """Rules on our topics and groups that the contract doesn't have."""
    quotas: Mapping[str, Mapping[str, float | None]]
    """Quotas to set; None: to remove."""
    new_topics: tuple[str, ...]
    configs: Mapping[str, Mapping[str, str | None]]
    """Topic settings to change; None: not in the contract, so reset to the broker's default."""
    wrong_topics: tuple[str, ...]
    """Topics with other partitions or copies, which no command can change without loss."""

    def lines(self) -> Iterator[str]:
        """One line per difference: `+` to add, `-` surplus, `~` to change, `!` not fixable."""
        yield from (f"+ user {user}" for user in self.users)
        yield from (f"+ right {binding}" for binding in self.missing)
        yield from (f"- right {binding}" for binding in self.surplus)
        for user, values in self.quotas.items():
            yield from (_quota_line(user, name, value) for name, value in values.items())
        yield from (f"+ topic {topic}" for topic in self.new_topics)
        for topic, settings in self.configs.items():
            yield from (_config_line(topic, name, value) for name, value in settings.items())
        yield from (f"! topic {topic}" for topic in self.wrong_topics)


def difference(wanted: ClusterState, found: ClusterState) -> Difference:
    """What has to be changed in `found` to match `wanted`."""
    new = tuple(sorted(wanted.topics.keys() - found.topics.keys()))
    there = {name: (wanted.topics[name], shape) for name, shape in found.topics.items()}
    return Difference(
        users=tuple(sorted(wanted.users - found.users)),
        missing=tuple(sorted(wanted.bindings - found.bindings)),
        surplus=tuple(sorted(filter(concerns_us, found.bindings - wanted.bindings))),
        quotas=dict(_quotas(wanted, found)),
        new_topics=new,
        configs=dict(_configs(there)),
        wrong_topics=tuple(_wrong(there)),
    )


def _quotas(
    wanted: ClusterState, found: ClusterState
) -> Iterator[tuple[str, Mapping[str, float | None]]]:
    for user in sorted(wanted.users):
        should, does = wanted.quotas.get(user, {}), found.quotas.get(user, {})
        names = sorted(should.keys() | does.keys())
        change = {name: should.get(name) for name in names if should.get(name) != does.get(name)}
        if change:
            yield user, change


def _configs(
    there: Mapping[str, tuple[TopicShape, TopicShape]],
) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    for name, (wanted, found) in sorted(there.items()):
        should, does = wanted.configs, found.configs
        keys = [*should, *sorted(does.keys() - should.keys())]
        changed = {key: should.get(key) for key in keys if should.get(key) != does.get(key)}
        if changed:
            yield name, changed


def _wrong(there: Mapping[str, tuple[TopicShape, TopicShape]]) -> Iterator[str]:
    for name, (should, does) in sorted(there.items()):
        if does.partitions != should.partitions:
            yield f"{name} has {does.partitions} partitions, not {should.partitions}"
        if does.copies != should.copies:
            yield f"{name} has {does.copies} copies, not {should.copies}"


def _config_line(topic: str, name: str, value: str | None) -> str:
    return f"- topic {topic}: {name}" if value is None else f"~ topic {topic}: {name}={value}"


def _quota_line(user: str, name: str, value: float | None) -> str:
    return f"- quota {user}: {name}" if value is None else f"~ quota {user}: {name}={value:.0f}"
