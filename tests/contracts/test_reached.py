"""On a walk through all services, every row of the catalogue is emitted, requested and decided.

Nothing is listed by hand except what no service can emit yet, which is checked.
"""

import asyncio
import re
from pathlib import Path
from typing import get_args

import pytest

from services.intake import domain as intake
from services.notifier.domain.decide import Command as NotifierCommand
from services.publisher import domain as publisher
from services.router.domain.decide import RULES
from services.router.domain.public_keys import KeyCommand
from services.router.domain.registration import ReceiveLetter
from shared.contracts.catalogue import ACTIONS, ON_TOPIC
from shared.contracts.event import Action
from shared.contracts.topics import BY_NAME
from shared.contracts.vocabulary import ActionRefusal, ClockName, RequestRefusal, State
from shared.kernel import errors
from tests.contracts import office_walk, other_walks
from tests.support.watching import Reached, Said, family

ROOT = Path(__file__).parents[2]
SERVICES = {"intake", "router", "notifier", "publisher"}

Walked = tuple[Reached, set[type[Action]]]
"""What was reached, and the actions that were reported to bureaus as done."""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """Everything was asked of everyone, once for all of these tests."""
    return asyncio.run(_walk(tmp_path_factory.mktemp("router"), tmp_path_factory.mktemp("intake")))


async def _walk(router_keys: Path, intake_keys: Path) -> Walked:
    reached = Reached()
    applied = await office_walk.walk(router_keys, reached)
    await other_walks.intake(intake_keys, reached)
    await other_walks.notifier(reached)
    await other_walks.publisher(reached)
    await other_walks.shell(reached)
    return reached, applied


def rows() -> set[Said]:
    """Every event on each topic that one of our services writes."""
    return {
        (family(topic), event)
        for topic, events in ON_TOPIC.items()
        if SERVICES & set(BY_NAME[topic].writers)
        for event in events
    }


def test_every_event_is_said(walked: Walked) -> None:
    assert walked[0].said == rows()


def test_every_action_of_bureaus_is_done(walked: Walked) -> None:
    assert walked[1] == ACTIONS


def test_every_route_by_which_something_is_asked_has_done_it(walked: Walked) -> None:
    assert walked[0].asked == office_walk.ROUTES | other_walks.ROUTES


def test_every_command_of_every_service_has_its_effect(walked: Walked) -> None:
    known = {ReceiveLetter, *RULES, *get_args(KeyCommand)}
    for command in (
        intake.Command,
        NotifierCommand,
        publisher.Command,
    ):
        known |= set(get_args(command))
    assert len(known) > 60, "four services know more"
    assert known - walked[0].decided == set()


def test_the_page_about_a_letters_life_names_all_of_it() -> None:
    """States, clocks, refusals, and requests at the desk."""
    page = (ROOT / "docs/letter-life.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+)`", page))
    commands = {route.rpartition("/")[2] for route in office_walk.ROUTES if "{letter}" in route}
    codes = {
        no.code for no in vars(errors).values() if isinstance(no, type) and hasattr(no, "code")
    }
    for kind in (State, ClockName, ActionRefusal, RequestRefusal):
        codes |= set(get_args(kind))
    assert (codes | commands) - named == set()
