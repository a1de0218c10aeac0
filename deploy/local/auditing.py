"""`audit` and `trace` against the local stack, with the settings that the stack runs under."""

import sys
from collections.abc import Mapping, Sequence

from pydantic import SecretStr

from deploy.local.operate import NotRunning
from deploy.local.stack import lock
from deploy.local.stack.engines import engines_of
from deploy.local.stack.paths import place_from
from deploy.local.stack.plan import settings
from deploy.local.stack.ports import ports_from
from deploy.local.stack.supervisor import Stack
from shared.audit.command import NOT_DONE, audit, parser
from shared.audit.settings import AuditSettings
from shared.audit.trace import parser as trace_parser
from shared.audit.trace import trace
from shared.contracts.topics import AUDITOR
from shared.contracts.vocabulary import SERVICES
from shared.platform.runtime.settings import kafka_values


def audited(environment: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Audit the running stack and return the exit code. Raises: BadPorts, BadEngines."""
    asked = parser("deploy.local audit").parse_args(arguments)
    try:
        return audit(audit_settings(environment), asked)
    except NotRunning as fault:
        sys.stderr.write(f"{fault}\n")
        return NOT_DONE


def traced(environment: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Trace one letter in the running stack and return the exit code.

    Raises: BadPorts, BadEngines.
    """
    asked = trace_parser("deploy.local trace").parse_args(arguments)
    try:
        return trace(audit_settings(environment), asked.letter)
    except NotRunning as fault:
        sys.stderr.write(f"{fault}\n")
        return NOT_DONE


def audit_settings(environment: Mapping[str, str]) -> AuditSettings:
    """Return the audit settings for the running stack. Raises: NotRunning, BadPorts, BadEngines."""
    place = place_from(environment)
    if lock.running_pid(place.local) is None:
        raise NotRunning("没有运行中的信箱 · no stack runs here: make run starts one")
    ports = ports_from(environment)
    engines = engines_of(place, ports, environment=environment)
    return _settings({**settings(place, ports, engines=engines), **engines.own(AUDITOR)})


def settings_of(stack: Stack) -> AuditSettings:
    """Return the audit settings for a stack of this process."""
    found = settings(stack.place, stack.ports, engines=stack.engines)
    clock = stack.settings("router").get("MAILBOX_CLOCK_FILE", "")
    return _settings({**found, **stack.engines.own(AUDITOR), "MAILBOX_CLOCK_FILE": clock})


def _settings(found: Mapping[str, str]) -> AuditSettings:
    uris = {f"{service}_uri": SecretStr(found["MAILBOX_MONGO_URI"]) for service in SERVICES}
    return AuditSettings.model_validate({**kafka_values(found), **uris})
