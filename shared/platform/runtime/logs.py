"""Logging: one JSON object per line, with fields bound to the current work.

Messages are constants, and fields come from a closed list. Exceptions show their classes and code
locations, never their text, which may hold what somebody wrote. The same applies to uncaught
exceptions and warnings, which Python itself would print in full.
"""

import contextlib
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path
from traceback import walk_tb
from types import MappingProxyType, TracebackType
from typing import Any, TextIO
from uuid import UUID

from typing_extensions import override

OURS = ("shared", "services", "clients", "deploy")
FIELDS = frozenset({
    "action", "attempt", "bureau", "cause", "channel", "clock", "code", "commands", "count",
    "database", "delay_s", "document", "event", "fault", "file", "group", "handler", "holder",
    "incarnation", "kid", "kind", "letter", "letters", "level_name", "loop", "method", "offset",
    "oldest_s", "parked", "part", "partition", "partitions", "parts", "port", "reader", "reason",
    "records", "request_id", "role", "round", "route", "seconds", "sequence", "size", "staff",
    "state", "status", "subject_kind", "topic", "topics", "type", "version",
})  # fmt: skip
"""Names of fields that a line may carry; others are left out."""

MAX_VALUE = 200
MAX_CHAIN = 6
MAX_PLACES = 30

LOG = logging.getLogger(__name__)

_bound: ContextVar[Mapping[str, Any]] = ContextVar("bound", default=MappingProxyType({}))


class JsonLines(logging.Formatter):
    """Formats each record as one line of JSON."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "msg": _message(record),
            **_shown(_bound.get()),
            **_shown(record.__dict__),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _chain(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


@contextlib.contextmanager
def bound(**fields: str | int | None) -> Iterator[None]:
    """Add `fields` to every line logged within the block, also by tasks started there."""
    unknown = fields.keys() - FIELDS
    if unknown:
        raise ValueError(f"not fields of a log line: {sorted(unknown)}")
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def setup(service: str, level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Log everything as JSON lines to `stream` (default: stderr).

    `level` applies to our own loggers. Libraries log from WARNING on, since their lower levels may
    show documents and commands. The web server's access log, which shows paths, is off.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    sys.excepthook = _on_uncaught
    threading.excepthook = lambda lost: _on_lost(lost.exc_value)
    sys.unraisablehook = lambda lost: _on_lost(lost.exc_value)
    warnings.showwarning = _on_warning


def places(traceback: TracebackType | None) -> list[str]:
    """Module, function and line of each frame, the newest last."""
    found = [
        f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}:{line}"
        for frame, line in walk_tb(traceback)
    ]
    return found[-MAX_PLACES:]


def _on_uncaught(
    kind: type[BaseException], fault: BaseException, traceback: TracebackType | None
) -> None:
    """Log the exception that ends the process, unless a person interrupted it."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, fault, traceback)
    else:
        LOG.critical("process ends", exc_info=fault)


def _on_lost(fault: BaseException | None) -> None:
    """Log an exception from a thread or a finaliser, which has no caller to reach."""
    if not isinstance(fault, SystemExit):
        LOG.error("exception that nobody caught", exc_info=fault)


def _on_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Log a warning's origin only: its text may show the value that it is about."""
    del message, file, line
    place = f"{Path(filename).name}:{lineno}"
    LOG.warning("a library warns", extra={"kind": category.__name__, "part": place})


def _message(record: logging.LogRecord) -> str:
    """The message; of asyncio's messages only the part before any object is shown."""
    message = record.getMessage()
    if record.name == "asyncio":
        for mark in ("\n", "<", "("):
            message = message.partition(mark)[0]
    return message.strip()


def _shown(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _value(value)
        for name, value in fields.items()
        if name in FIELDS and value is not None
    }


def _value(value: object) -> str | int | float:
    """A plain value; for anything else its class, since its parts are not checked."""
    if isinstance(value, int | float):
        return value
    if isinstance(value, str | UUID | date):
        return str(value)[:MAX_VALUE]
    return type(value).__name__


def _chain(fault: BaseException) -> list[dict[str, Any]]:
    """The exception, its causes, and the members of exception groups."""
    shown: list[dict[str, Any]] = []
    waiting: list[BaseException | None] = [fault]
    seen: set[int] = set()
    while waiting and len(shown) < MAX_CHAIN:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        kind = type(current)
        shown.append({
            "type": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."),
            "at": places(current.__traceback__),
        })  # fmt: skip
        waiting.append(
            current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        )
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
    return shown
