"""What do our logs say? One JSON object a line, with what is bound to the work in hand.

Messages are constants and fields come from a closed list. Exceptions show their classes and the
places in code that they passed, and never their text, which may hold what somebody wrote; also
those that nobody caught, and warnings, all of which Python itself would print in full.
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
    """Each record as one line of JSON."""

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
    """Have every line logged within, also by tasks begun there, carry `fields`."""
    unknown = fields.keys() - FIELDS
    if unknown:
        raise ValueError(f"not fields of a log line: {sorted(unknown)}")
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def setup(service: str, level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Have everything logged as JSON lines to `stream` (stderr).

    `level` is for our own loggers; libraries speak from WARNING on, since what they say below that
    may hold documents and commands. The web server's access log, which shows paths, is off.
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
    threading.excepthook = lambda told: _on_lost(told.exc_value)
    sys.unraisablehook = lambda told: _on_lost(told.exc_value)
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
    """The process is about to end; a person who ends it knows why."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, fault, traceback)
    else:
        LOG.critical("process ends", exc_info=fault)


def _on_lost(fault: BaseException | None) -> None:
    """Nobody is there to be told: it happened in a thread, or while something was thrown away."""
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
    """Where it comes from is enough to find it; its text may show the value that it is about."""
    del message, file, line
    place = f"{Path(filename).name}:{lineno}"
    LOG.warning("a library warns", extra={"kind": category.__name__, "part": place})


def _message(record: logging.LogRecord) -> str:
    """The message; of asyncio's only what comes before it shows objects and their values."""
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
    """A plain value; of anything else its class, since its parts are on no list."""
    if isinstance(value, int | float):
        return value
    if isinstance(value, str | UUID | date):
        return str(value)[:MAX_VALUE]
    return type(value).__name__


def _chain(fault: BaseException) -> list[dict[str, Any]]:
    """The fault and what it came from, and for groups what they hold."""
    shown: list[dict[str, Any]] = []
    waiting: list[BaseException | None] = [fault]
    seen: set[int] = set()
    while waiting and len(shown) < MAX_CHAIN:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        kind = type(each)
        shown.append({
            "type": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."),
            "at": places(each.__traceback__),
        })  # fmt: skip
        waiting.append(each.__cause__ or (None if each.__suppress_context__ else each.__context__))
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(each.exceptions)
    return shown
