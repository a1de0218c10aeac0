"""How is a record called where it is counted? By topic and type, from closed vocabularies.

What a bureau writes in a header must never become a label: a type that no contract knows is
`unknown`.
"""

from __future__ import annotations

from shared.contracts.catalogue import EVENTS
from shared.platform.kafka.bus import Inbound
from shared.platform.runtime.shell_metrics import family_of

COMMAND = ("commands", "command")
"""Of what came over HTTP or from a loop of the service's own."""
UNKNOWN = "unknown"
_TYPES = {name.encode(): name for name in EVENTS}


def labels_of(raw: Inbound | None) -> tuple[str, str]:
    """Topic, without its bureau, and type of a record; none stands for a command."""
    if raw is None:
        return COMMAND
    said = next((value for name, value in raw.headers if name == "ce_type"), b"")
    return family_of(raw.topic), _TYPES.get(said, UNKNOWN)
