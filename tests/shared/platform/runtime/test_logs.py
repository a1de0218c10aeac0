"""Log lines are JSON with bound fields, and never show people's words."""

import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from shared.platform.runtime.logs import JsonLines, bound, setup

SECRET = "seeded-机密"
LOG = logging.getLogger("shared.platform.test_logs")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The output under our own set-up, which is undone afterwards."""
    names = ("", "shared", "services", "clients", "deploy", "uvicorn", "uvicorn.error")
    loggers = [logging.getLogger(name) for name in (*names, "uvicorn.access")]
    before = [(one, one.handlers[:], one.level, one.propagate, one.disabled) for one in loggers]
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    stream = io.StringIO()
    setup("intake", "INFO", stream=stream)
    yield stream
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    for logger, handlers, level, propagate, disabled in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate, logger.disabled = propagate, disabled


def shown(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_who_and_what(lines: io.StringIO) -> None:
    LOG.info("letter received", extra={"count": 3, "topic": "letters.submitted"})
    (line,) = shown(lines)
    assert line.pop("ts").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "service": "intake",
        "logger": "shared.platform.test_logs",
        "msg": "letter received",
        "count": 3,
        "topic": "letters.submitted",
    }


def test_bound_fields_are_on_every_line_within_and_on_none_after(lines: io.StringIO) -> None:
    with bound(letter="GD-1"), bound(event="letters.submitted/GD-1/1"):
        LOG.info("within")
    LOG.info("after")
    within, after = shown(lines)
    assert (within["letter"], within["event"]) == ("GD-1", "letters.submitted/GD-1/1")
    assert "letter" not in after
    assert "event" not in after


async def test_tasks_do_not_share_what_is_bound(lines: io.StringIO) -> None:
    async def work(letter: str) -> None:
        with bound(letter=letter):
            await asyncio.sleep(0)
            LOG.info("work")

    await asyncio.gather(work("GD-1"), work("GD-2"))
    assert sorted(line["letter"] for line in shown(lines)) == ["GD-1", "GD-2"]


def test_only_known_fields_with_plain_values_are_shown(lines: io.StringIO) -> None:
    LOG.info("here", extra={"body": SECRET, "cause": {"text": SECRET}, "state": [SECRET]})
    (line,) = shown(lines)
    assert "body" not in line
    assert (line["cause"], line["state"]) == ("dict", "list")
    assert SECRET not in lines.getvalue()
    with pytest.raises(ValueError, match="body"), bound(body=SECRET):
        pytest.fail("an unknown field was bound")


def test_long_values_are_cut(lines: io.StringIO) -> None:
    LOG.info("here", extra={"code": "x" * 1_000})
    assert len(shown(lines)[0]["code"]) == 200


def test_an_exception_shows_classes_and_places_without_its_text(lines: io.StringIO) -> None:
    try:
        try:
            int(SECRET)
        except ValueError as fault:
            raise RuntimeError(SECRET) from fault
    except RuntimeError:
        LOG.exception("failed")
    (line,) = shown(lines)
    assert [each["type"] for each in line["exception"]] == ["RuntimeError", "ValueError"]
    place = line["exception"][0]["at"][-1]
    assert ".test_an_exception_shows_classes_and_places_without_its_text:" in place
    assert SECRET not in lines.getvalue()
    assert "seeded" not in lines.getvalue()


def test_members_of_a_group_are_shown_too(lines: io.StringIO) -> None:
    LOG.error("failed", exc_info=ExceptionGroup(SECRET, [ValueError(SECRET), KeyError(SECRET)]))
    kinds = [each["type"] for each in shown(lines)[0]["exception"]]
    assert kinds == ["ExceptionGroup", "ValueError", "KeyError"]
    assert "seeded" not in lines.getvalue()


def test_a_long_or_round_chain_ends(lines: io.StringIO) -> None:
    first, second = ValueError(SECRET), KeyError(SECRET)
    first.__cause__, second.__cause__ = second, first
    LOG.error("failed", exc_info=first)
    assert len(shown(lines)[0]["exception"]) == 2


async def test_what_the_event_loop_says_shows_no_values(lines: io.StringIO) -> None:
    loop = asyncio.get_running_loop()
    failed = loop.create_future()
    failed.set_exception(ValueError(SECRET))
    loop.default_exception_handler(
        {
            "message": f"Exception in callback work({SECRET})",
            "exception": failed.exception(),
            "future": failed,
        }
    )
    (line,) = shown(lines)
    assert line["msg"] == "Exception in callback work"
    assert "seeded" not in lines.getvalue()


UNCAUGHT = {
    "uncaught": "raise ValueError(secret)",
    "in a group": "raise ExceptionGroup(secret, [KeyError(secret)])",
    "in a thread": "import threading; threading.Thread(target=int, args=(secret,)).start()",
    "thrown away": "type('It', (), {'__del__': lambda _: int(secret)})()",
}


@pytest.mark.parametrize("code", UNCAUGHT.values(), ids=UNCAUGHT)
def test_what_nobody_catches_shows_no_text_either(code: str) -> None:
    """Python itself would print it in full, to the same place as the log."""
    program = (
        "from shared.platform.runtime.logs import setup; setup('intake'); "
        f"secret = {SECRET!r}\n{code}"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    (line,) = map(json.loads, ran.stderr.splitlines())
    assert line["exception"][0]["type"] in {"ValueError", "ExceptionGroup"}
    assert "seeded" not in ran.stderr + ran.stdout
    assert (ran.returncode == 1) == code.startswith("raise")


def test_a_warning_shows_its_kind_and_place_alone() -> None:
    """Serialisers warn with the value that they did not expect."""
    program = (
        "from shared.platform.runtime.logs import setup; setup('intake')\n"
        "from pydantic import BaseModel\n"
        "class It(BaseModel):\n    number: int\n"
        f"It.model_construct(number={SECRET!r}).model_dump_json()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    (line,) = map(json.loads, ran.stderr.splitlines())
    assert (line["msg"], line["kind"]) == ("a library warns", "UserWarning")
    assert line["part"].startswith("main.py:")
    assert "seeded" not in ran.stderr


def test_whoever_stops_it_from_the_keyboard_sees_what_they_know() -> None:
    program = (
        "from shared.platform.runtime.logs import setup; setup('intake'); raise KeyboardInterrupt"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.stderr.splitlines()[-1] == "KeyboardInterrupt"


def test_libraries_speak_from_warning_on_and_the_access_log_is_off(lines: io.StringIO) -> None:
    logging.getLogger("pymongo.command").info(SECRET)
    logging.getLogger("uvicorn.access").warning(SECRET)
    logging.getLogger("aiokafka").warning("broker away")
    assert [line["msg"] for line in shown(lines)] == ["broker away"]


def test_a_line_stays_one_line() -> None:
    record = logging.LogRecord("shared", logging.INFO, "", 1, "a\nb\u2028c", (), None)
    assert "\n" not in JsonLines("intake").format(record)
