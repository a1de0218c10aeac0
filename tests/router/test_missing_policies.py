"""Letters whose version of the policies was taken away are counted, named by version, and go on."""

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import replace

import pytest

from services.router.jobs.missing_policies import MissingPolicies
from services.router.metrics import WITHOUT_POLICIES
from shared.kernel.policy_versions import PolicyVersions
from shared.platform.runtime.logs import JsonLines
from tests.router.office import Office, accepting
from tests.router.story import LETTER, OTHER, RULEBOOK, receive
from tests.support.versions import OURS, both, other

CHANGED = replace(RULEBOOK, versions=both("2027-03-01"))
FORGOTTEN = replace(RULEBOOK, versions=PolicyVersions((other("2027-03-01"),)))


async def test_letters_of_a_version_that_is_gone_are_counted(
    desk: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.receive()
    await desk.receive(OTHER, receive("foshan"))
    assert await MissingPolicies(desk.shelf.documents, rulebook=CHANGED).look() == 0
    assert WITHOUT_POLICIES._value.get() == 0
    assert "missing" not in caplog.text
    found = await MissingPolicies(desk.shelf.documents, rulebook=FORGOTTEN).look()
    assert found == 2
    assert WITHOUT_POLICIES._value.get() == 2
    (said,) = [one for one in caplog.records if "policies" in one.message]
    assert said.levelno == logging.ERROR
    line = json.loads(JsonLines("router").format(said))
    assert (line["version"], line["count"]) == (OURS.version, 2), "an operator reads it"
    assert LETTER not in f"{vars(said)}"


async def test_a_letter_on_which_no_clock_runs_is_nobodys_trouble(desk: Office) -> None:
    await desk.receive()
    await desk.act(accepting())
    del desk.shelf.documents.kept[LETTER]["due_at"]
    assert await MissingPolicies(desk.shelf.documents, rulebook=FORGOTTEN).look() == 0


async def test_a_database_that_is_away_is_asked_again(
    desk: Office, caplog: pytest.LogCaptureFixture
) -> None:
    desk.shelf.documents.unread.append(True)
    looking = MissingPolicies(desk.shelf.documents, rulebook=CHANGED).run()
    with suppress(TimeoutError):
        await asyncio.wait_for(looking, 0.1)
    (said,) = [one for one in caplog.records if one.message == "loop failed"]
    assert vars(said)["loop"] == "looking after policies"
