"""Judging one letter: all checks, one after the other."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from shared.audit.case import AuditCase, case_of
from shared.audit.checks import (
    answer,
    bureaus,
    dates,
    duty,
    escalation,
    lost,
    once,
    people,
    retention,
    secrecy,
)
from shared.audit.findings import AuditFinding
from shared.audit.looking import MISSHAPEN, Look
from shared.kernel.retention import RetentionTable

CHECKS: tuple[Callable[[AuditCase], Iterator[AuditFinding]], ...] = (
    lost.check,
    answer.check,
    people.check,
    escalation.check,
    once.check,
    secrecy.check,
    retention.check,
    bureaus.check,
    duty.check,
    dates.check,
)


def judge(
    look: Look, *, as_of: datetime, now: datetime, grace: timedelta, table: RetentionTable
) -> list[AuditFinding]:
    """All findings of a letter, without repetition, in the order of the invariants.

    A malformed document must not end the audit of all others: it is a finding.
    """
    try:
        case = case_of(look, as_of=as_of, now=now, grace=grace, table=table)
        return list(dict.fromkeys(finding for check in CHECKS for finding in check(case)))
    except MISSHAPEN as fault:
        return [AuditFinding("misshapen", type(fault).__name__)]
