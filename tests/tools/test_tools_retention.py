"""The retention table says of everything that is kept how long, and nothing else is true."""

import importlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack.engines import engines_of
from deploy.local.stack.keys import make
from deploy.local.stack.paths import place_from
from deploy.local.stack.plan import plan
from deploy.local.stack.ports import free_ports
from shared.contracts.topics import ALL, bureau_of
from shared.contracts.vocabulary import SERVICES, Service
from shared.kernel.retention import RetentionRow
from shared.platform.app.service import Service as Built
from shared.platform.mongo.database import Database, Index
from shared.platform.runtime import data_files
from shared.platform.runtime.settings import load
from tools import retention as command

ROWS = tuple(data_files.retention().rows.values())
KEPT = {name: [row for row in ROWS if name in row.services] for name in SERVICES}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with the keys of a development stack."""
    folder = tmp_path_factory.mktemp("retention")
    place = place_from({"MAILBOX_LOCAL_DIR": str(folder)})
    make(place.keys)
    return folder


@pytest.fixture
def built(keys: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Builds a service and names the collections that it opens; nothing is connected."""

    def build(service: Service) -> tuple[Built, set[str]]:
        opened: set[str] = set()
        before = Database.collection

        def collection(database: Database, name: str) -> Any:
            opened.add(name)
            return before(database, name)

        monkeypatch.setattr(Database, "collection", collection)
        place, ports = place_from({"MAILBOX_LOCAL_DIR": str(keys)}), free_ports()
        engines = engines_of(place, ports, environment={})
        (child,) = plan(place, ports, engines=engines, only=[service])
        for name, value in child.settings.items():
            if not name.endswith("_FRONTENDS_FILE"):  # a running stack writes it
                monkeypatch.setenv(name, value)
        settings: Any = importlib.import_module(f"services.{service}.settings")
        wiring: Any = importlib.import_module(f"services.{service}.wiring")
        found = wiring.build(load(getattr(settings, f"{service.title()}Settings")))
        return found, opened | found.every_index.keys()

    return build


@pytest.mark.parametrize("service", SERVICES)
async def test_every_collection_has_a_row_and_every_index_that_erases_equals_it(
    service: Service, built: Any
) -> None:
    found, opened = built(service)
    listed = {name for row in KEPT[service] for name in row.collections}
    assert opened - listed == set(), "each needs a row in shared/data/retention.yaml"
    for name, indexes in found.every_index.items():
        for seconds in _erasing(indexes):
            rows = [row for row in KEPT[service] if name in row.collections]
            assert [_seconds(row) for row in rows] == [seconds], name
            assert {row.erased_by for row in rows} == {"ttl_index"}, name
    await found.close()
    found.shell.database.close()


def test_every_topic_is_kept_as_long_as_its_row_says() -> None:
    by_name: Mapping[str, RetentionRow] = {name: row for row in ROWS for name in row.topics}
    for topic in ALL:
        slug = bureau_of(topic.name)
        row = by_name[topic.name.replace(f".{slug}.", ".*.") if slug else topic.name]
        assert row.period == topic.retention, topic.name
        assert row.erased_by == "broker"


def test_backups_are_kept_no_longer_than_topics() -> None:
    table = data_files.retention().rows
    period, topics = table["backups"].period, table["topics.letters"].period
    assert period is not None
    assert topics is not None
    assert period <= topics, "or a restore could not be brought up to its topics"


def test_the_page_is_made_from_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command.main(["check"]) == 0
    other = tmp_path / "retention.md"
    monkeypatch.setattr(command, "PAGE", other)
    assert command.main(["check"]) == 1
    assert "tools.retention write" in capsys.readouterr().out
    assert command.main(["write"]) == 0
    assert command.main(["check"]) == 0
    assert command.main(["guess"]) == 2


def _erasing(indexes: Any) -> Iterator[int]:
    every: list[Index] = list(indexes)
    yield from (each.expire_after_s for each in every if each.expire_after_s is not None)


def _seconds(row: RetentionRow) -> int:
    """0: the document says when, and the row's note how long."""
    return int((row.period or timedelta()).total_seconds())
