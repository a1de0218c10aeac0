"""An operator's folder of policies: each file a version, and a faulty one stops the start."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.notifier import wiring as notifier
from services.notifier.settings import NotifierSettings
from services.publisher import wiring as publisher
from services.publisher.settings import PublisherSettings
from services.router import wiring as router
from services.router.settings import RouterSettings
from shared.kernel.errors import BadData
from shared.platform.app.service import Service
from shared.platform.runtime.data_files import POLICIES, policies
from shared.platform.runtime.settings import ServiceSettings
from tests.intake.faces import settings

OURS = POLICIES.read_text(encoding="utf-8")
FIRST, SECOND = "2026-11-24", "2027-03-01"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Our version, and a later one that gives requests 7 days."""
    put(tmp_path, "first.yaml")
    put(tmp_path, "second.yaml", SECOND, days=7)
    return tmp_path


def put(folder: Path, name: str, version: str = FIRST, *, days: int = 10) -> None:
    """A version as an operator writes it: a copy with another day and another limit."""
    asked = "{category: request, reply: {amount: %d"
    text = OURS.replace(f"version: {FIRST}", f"version: {version}", 1)
    (folder / name).write_text(text.replace(asked % 10, asked % days, 1), encoding="utf-8")


def test_every_file_of_the_folder_is_a_version(folder: Path) -> None:
    put(folder, "a-third.yaml", "2028-01-01", days=5)
    versions = policies(folder)
    assert [table.version for table in versions.tables] == [FIRST, SECOND, "2028-01-01"]
    limits = [table.reply_limit("request").amount for table in versions.tables]
    assert limits == [10, 7, 5]
    assert versions.on(date(2027, 3, 1)).version == SECOND


def test_without_a_folder_there_is_the_version_that_we_ship() -> None:
    assert [table.version for table in policies().tables] == [FIRST]


def test_what_a_mounted_folder_keeps_for_itself_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "..2026_11_24").mkdir()
    put(tmp_path / "..2026_11_24", "ours.yaml")
    (tmp_path / "..data").symlink_to("..2026_11_24")
    (tmp_path / "ours.yaml").symlink_to("..data/ours.yaml")
    assert len(policies(tmp_path).tables) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("copy.yaml", OURS, r"^copy\.yaml and first\.yaml are both version 2026-11-24$"),
        ("bad.yaml", "version: 2028-01-01", r"^bad\.yaml: timezone: "),
        ("bad.yaml", "", r"^bad\.yaml: the file: a mapping"),
        ("bad.yaml", OURS.replace(FIRST, "2027-02-30"), r"^bad\.yaml: version: a day such as"),
        ("bad.yaml", OURS.replace(FIRST, "soon"), r"^bad\.yaml: version: a day such as"),
        ("bad.yaml", OURS.replace(f"version: {FIRST}", ""), r"^bad\.yaml: version: a text"),
        ("bad.yaml", OURS.replace("id: rating", "id: marks"), r"^bad\.yaml: clocks: marks is not"),
        ("2028.yml", OURS, r"^2028\.yml: a version is a file <name>\.yaml$"),
        ("second.yaml~", OURS, r"^second\.yaml~: a version is a file"),
    ],
)
def test_one_faulty_version_stops_the_start_and_is_named(
    folder: Path, name: str, content: str, said: str
) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadData, match=said) as bad:
        policies(folder)
    assert str(folder) not in str(bad.value)


def test_an_empty_folder_and_one_that_cannot_be_read_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"^no version of the policies is there$"):
        policies(tmp_path)
    (tmp_path / "shut.yaml").mkdir()
    policies.cache_clear()
    with pytest.raises(BadData, match=r"^shut\.yaml: cannot be read \(IsADirectoryError\)$"):
        policies(tmp_path)


SERVICES: list[tuple[type[ServiceSettings], Callable[[Any], Service]]] = [
    (RouterSettings, router.build),
    (NotifierSettings, notifier.build),
    (PublisherSettings, publisher.build),
]


@pytest.mark.parametrize(("kind", "build"), SERVICES)
async def test_each_service_that_asks_the_policies_reads_the_operator_s_folder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[ServiceSettings],
    build: Callable[[Any], Service],
) -> None:
    monkeypatch.setenv("MAILBOX_POLICIES_DIR", str(tmp_path))
    monkeypatch.setenv("MAILBOX_NOTIFIER_GATEWAY_URL", "http://127.0.0.1:1")
    with pytest.raises(BadData, match=r"^no version of the policies is there$"):
        build(settings(kind, tmp_path))
