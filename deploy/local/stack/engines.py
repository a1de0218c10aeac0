"""The choice of the stack's engines: embedded ones, or Apache Kafka.

`make run ENGINES=kafka` chooses them, and the folder remembers the choice for other commands.
"""

import json
import re
from collections.abc import Mapping

from deploy.local.kafka.cluster import MOST_BROKERS, LocalCluster
from deploy.local.stack.embedded import DATABASE_CACHE, Embedded
from deploy.local.stack.paths import StackPaths
from deploy.local.stack.plan import Engines
from deploy.local.stack.ports import Ports
from deploy.local.stack.private_files import write_private

EMBEDDED, KAFKA = "embedded", "kafka"
KINDS = (EMBEDDED, KAFKA)


class BadEngines(ValueError):
    """The choice can't be used; the text is one sentence."""


def engines_of(place: StackPaths, ports: Ports, *, environment: Mapping[str, str]) -> Engines:
    """Return the engines of MAILBOX_ENGINES and MAILBOX_BROKERS, else those the folder remembers.

    MAILBOX_DATABASE_CACHE limits the memory of the embedded database. Raises: BadEngines;
    ServersMissing.
    """
    kind, brokers = _requested(environment) or _remembered(place) or (EMBEDDED, 1)
    cache = _cache(environment)
    if kind == EMBEDDED:
        return Embedded.of(place, ports, database_cache=cache)
    if not (place.engines / "jars").is_dir():
        raise BadEngines("Apache Kafka is not installed here: run `make engines` first.")
    return LocalCluster.of(place, ports, brokers=brokers, database_cache=cache)


def remember(place: StackPaths, engines: Engines) -> None:
    """Remember these engines for later commands."""
    kind = KAFKA if isinstance(engines, LocalCluster) else EMBEDDED
    content = json.dumps({"engines": kind, "brokers": engines.brokers})
    write_private(place.engines_file, content.encode())


def _cache(environment: Mapping[str, str]) -> str:
    cache = environment.get("MAILBOX_DATABASE_CACHE", "").strip() or DATABASE_CACHE
    if not re.fullmatch(r"[1-9]\d{0,4}[MG]", cache):
        raise BadEngines("MAILBOX_DATABASE_CACHE must be a size such as 256M or 1G.")
    return cache


def _requested(environment: Mapping[str, str]) -> tuple[str, int] | None:
    kind = environment.get("MAILBOX_ENGINES", "").strip()
    count = environment.get("MAILBOX_BROKERS", "").strip() or "1"
    if not kind:
        return None
    if kind not in KINDS:
        raise BadEngines(f"MAILBOX_ENGINES must be one of {', '.join(KINDS)}.")
    if count not in ("1", str(MOST_BROKERS)):
        raise BadEngines(f"MAILBOX_BROKERS must be 1 or {MOST_BROKERS}.")
    return kind, int(count)


def _remembered(place: StackPaths) -> tuple[str, int] | None:
    try:
        kept = json.loads(place.engines_file.read_text())
        return str(kept["engines"]), int(kept["brokers"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
