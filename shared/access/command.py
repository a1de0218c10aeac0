"""`show` lists how the cluster differs from the contract; `apply` removes the differences.

Both can be repeated. Surplus rights are removed only with `--prune`. A user's password is set if
there is none yet, and replaced with `--renew`, since a cluster doesn't reveal passwords.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterable, Sequence

from shared.access.cluster import AdministeredCluster, ClusterFault, reached
from shared.access.difference import Difference, difference
from shared.access.settings import AccessSettings
from shared.access.wanted import TopicShape, wanted
from shared.contracts import topics as contract
from shared.platform.app.topic_bootstrap import CannotCreate, bootstrap, configs, copies
from shared.platform.kafka.bus import BusFault
from shared.platform.kafka.kafka_options import kafka_options, producer_options

SAME, DIFFERENT, NOT_DONE = 0, 1, 2
SIGNS = "+ 缺少 missing · - 多余 too much · ~ 不同 different · ! 无法自动更正 not to be mended here"


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m shared.access", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True)
    commands.add_parser("show", help="list differences, change nothing; exit 1 if any")
    apply = commands.add_parser(
        "apply", help="set users, rights, quotas and topics as in the contract"
    )
    apply.add_argument("--prune", action="store_true", help="remove surplus rights")
    apply.add_argument(
        "--renew",
        nargs="+",
        default=(),
        metavar="USER",
        choices=[contract.user_of(principal) for principal in contract.principals()],
        help="replace these passwords, such as bureau.foshan",
    )
    return made


def run(settings: AccessSettings, asked: argparse.Namespace) -> int:
    """Run the command; return 0 if cluster and contract agree, 1 if not, 2 on failure."""
    try:
        with reached(settings) as cluster:
            if asked.command == "apply":
                _apply(cluster, settings, renew=asked.renew, prunes=asked.prune)
            left = _differs(cluster, settings)
    except (ClusterFault, CannotCreate, BusFault) as fault:
        sys.stderr.write(f"access: {fault or type(fault).__name__}\n")
        return NOT_DONE
    return _report(left)


def _apply(
    cluster: AdministeredCluster, settings: AccessSettings, *, renew: Sequence[str], prunes: bool
) -> None:
    """Align the cluster with the contract. Raises: ClusterFault; CannotCreate; BusFault."""
    found = _differs(cluster, settings)
    passwords = {user: settings.password(user) for user in {*found.users, *renew}}
    cluster.let_in({user: password for user, password in passwords.items() if password})
    cluster.allow(found.missing)
    if prunes:
        cluster.take_away(found.surplus)
    cluster.limit(found.quotas)
    cluster.tell(found.configs)
    asyncio.run(
        bootstrap(
            kafka_options(settings),
            producer_options(settings),
            replication=settings.topics_replication,
            remake=False,
        )
    )
    _warn(user for user, password in passwords.items() if not password)


def _warn(users: Iterable[str]) -> None:
    for user in sorted(users):
        sys.stderr.write(f"access: no password was given for {user}\n")


def _differs(cluster: AdministeredCluster, settings: AccessSettings) -> Difference:
    replication = settings.topics_replication
    shapes = {
        topic.name: TopicShape(
            topic.partitions,
            copies(topic, replication=replication),
            configs(topic, replication=replication),
        )
        for topic in contract.ALL
    }
    return difference(wanted(shapes), cluster.standing(shapes))


def _report(left: Difference) -> int:
    lines = list(left.lines())
    if not lines:
        sys.stdout.write("集群与约定一致 · the cluster is as the contract says\n")
        return SAME
    sys.stdout.write("\n".join([SIGNS, *lines, ""]))
    return DIFFERENT
