"""The masthead leads to every desk of a person's roles, in whichever service it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.routing import Match

from services.intake import pages as intake
from services.publisher import pages as publisher
from services.router import pages as router
from services.router.settings import RouterSettings
from shared.platform.http.tokens import Person
from shared.web.masthead import DESKS, DeskLink, masthead
from tests.intake.faces import settings

ELSEWHERE = {
    "desk_url": "https://desk.invalid",
    "duty_url": "https://duty.invalid/duty",
    "editors_url": "https://editors.invalid",
}
SERVICES = {"router": router.router, "intake": intake.router, "publisher": publisher.router}


@pytest.mark.parametrize("desk", DESKS, ids=lambda desk: desk.path)
def test_each_desk_is_a_page_of_its_service(desk: DeskLink) -> None:
    asked = {"type": "http", "method": "GET", "path": desk.path}
    assert any(route.matches(asked)[0] is Match.FULL for route in SERVICES[desk.service].routes)


def shown(folder: Path, service: str, *roles: str, **addresses: str) -> list[str]:
    person = Person("s-1", roles=frozenset(roles))
    own = settings(RouterSettings, folder).model_copy(update=addresses)
    return [entry.href for entry in masthead(service, own) if entry.is_for(person)]


def test_own_desks_are_paths_and_others_have_their_host(tmp_path: Path) -> None:
    assert shown(tmp_path, "router", "auditor", **ELSEWHERE) == [
        "/desk/audit",
        "https://duty.invalid/reveals/log",
    ]
    assert shown(tmp_path, "intake", "auditor", **ELSEWHERE) == [
        "https://desk.invalid/desk/audit",
        "/reveals/log",
    ]


def test_desks_without_a_known_address_are_left_out(tmp_path: Path) -> None:
    assert shown(tmp_path, "router", "auditor", "duty") == ["/desk/audit"]
    assert shown(tmp_path, "publisher", "auditor", "duty") == []


def test_nobody_sees_desks_of_other_roles(tmp_path: Path) -> None:
    assert shown(tmp_path, "router", "duty", **ELSEWHERE) == ["https://duty.invalid/duty"]
    assert shown(tmp_path, "router", "editor", **ELSEWHERE) == ["https://editors.invalid/editors"]
