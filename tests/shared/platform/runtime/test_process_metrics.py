"""Metrics about the process are right."""

import asyncio
import tomllib

import pytest

from shared.platform.runtime import process_metrics as module
from shared.platform.runtime.data_files import calendar
from shared.platform.runtime.process_metrics import VERSION, show_build, show_calendar, show_ready
from shared.platform.runtime.readiness import Readiness
from tests.house.source import ROOT
from tests.support.samples import sample
from tests.support.waiting import until


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION


def test_a_build_tells_version_and_revision() -> None:
    show_build("a1b2c3")
    assert sample("mailbox_build_info", version=VERSION, revision="a1b2c3") == 1


def test_the_last_announced_year_is_shown() -> None:
    china = calendar()
    assert show_calendar(china) is china
    assert sample("mailbox_calendar_last_announced_year") == max(china.announced)


async def test_each_part_that_a_process_needs_is_shown_as_it_comes_and_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SHOWN_EACH_S", 0.001)
    ready = Readiness()
    ready.also["keys"] = lambda: True
    running = asyncio.create_task(show_ready(ready))
    await until(lambda: sample("mailbox_ready", part="keys") == 1)
    assert sample("mailbox_ready", part="broker") == 0
    ready.parts["broker"] = True
    await until(lambda: sample("mailbox_ready", part="broker") == 1)
    ready.parts["broker"] = False
    await until(lambda: sample("mailbox_ready", part="broker") == 0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
