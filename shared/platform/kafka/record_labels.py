"""Metric labels of a record: topic and type, from closed vocabularies.

Content of a bureau's headers must never become a label: a type without a contract is `unknown`.
"""

from shared.contracts.catalogue import EVENTS
from shared.platform.kafka.bus import Inbound
from shared.platform.runtime.shell_metrics import family_of

COMMAND = ("commands", "command")
"""Labels of commands from HTTP or from a service's own loops."""
UNKNOWN = "unknown"
_TYPES = {name.encode(): name for name in EVENTS}


def labels_of(raw: Inbound | None) -> tuple[str, str]:
    """Topic (without its bureau) and type of a record; for None those of a command."""
    if raw is None:
        return COMMAND
    type_header = next((value for name, value in raw.headers if name == "ce_type"), b"")
    return family_of(raw.topic), _TYPES.get(type_header, UNKNOWN)
