"""`erase` and `erasures` in the local stack: intake decides, and every service applies a ledger."""

from collections.abc import Mapping, Sequence

from deploy.local.operate import operate
from deploy.local.stack.plan import SERVICES


def erase(environment: Mapping[str, str], words: Sequence[str]) -> int:
    """List what is due, or erase parts of a letter. Raises: NotRunning, BadPorts, BadEngines."""
    return operate("intake", ["erase", *words], environment=environment)


def erasures(environment: Mapping[str, str], words: Sequence[str]) -> int:
    """Export the ledger from intake, or apply one in each service; return the worst exit code.

    Raises: NotRunning, BadPorts, BadEngines.
    """
    codes = []
    for service in SERVICES if words[:1] == ["apply"] else ("intake",):
        print(f"— {service}", flush=True)
        codes.append(operate(service, ["erasures", *words], environment=environment))
    return max(codes)
