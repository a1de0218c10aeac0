"""A retention table that says too little or too much stops the service that reads it."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import yaml

from shared.kernel.errors import BadData
from shared.kernel.retention import PARTS, RetentionTable
from shared.platform.runtime.data_files import RETENTION

DATA: dict[str, Any] = yaml.safe_load(RETENTION.read_text("utf-8"))


def test_every_part_of_every_kind_has_one_rule() -> None:
    table = RetentionTable.of(DATA)
    for archive, parts in PARTS.items():
        for part in parts:
            rule = table.rule(archive, part)
            assert timedelta() < rule.request_after <= rule.keep
    assert table.rule("petition", "words").request_after == table.rule("petition", "words").keep


def test_another_period_gives_another_mark_and_another_text_does_not() -> None:
    changed = copy.deepcopy(DATA)
    changed["rows"][0]["en"] = "another text"
    assert RetentionTable.of(changed).mark == RetentionTable.of(DATA).mark
    changed["rows"][0]["days"] = 1
    assert RetentionTable.of(changed).mark != RetentionTable.of(DATA).mark


def _row(**fields: Any) -> Callable[[Any], None]:
    """Change the first row."""
    return lambda data: data["rows"][0].update(fields)


BAD: dict[str, Callable[[Any], Any]] = {
    "no version": lambda data: data.pop("version"),
    "unknown key of the file": lambda data: data.update(more=1),
    "no rows": lambda data: data.update(rows=[]),
    "rows of another kind": lambda data: data.update(rows={"a": 1}),
    "a rule is missing": lambda data: data["rows"].pop(0),
    "a rule twice": lambda data: data["rows"].append({**data["rows"][0], "key": "again"}),
    "a key twice": lambda data: data["rows"].append(data["rows"][-1]),
    "unknown field": _row(daays=3),
    "no time": _row(days=0),
    "negative": _row(days=-1),
    "text for a number": _row(days="3"),
    "days and hours": _row(hours=1),
    "days and a note": _row(note_zh="永久", note_en="for good"),
    "neither days nor note": _row(days=None),
    "unknown service": _row(services=["nobody"]),
    "one service as text": _row(services="intake"),
    "unknown start": _row(since="someday"),
    "unknown eraser": _row(erased_by="magic"),
    "another eraser with a scope": _row(erased_by="operator"),
    "a loop without a scope": _row(loop=None),
    "unknown part": _row(loop={"archive": "letter", "part": "all"}),
    "unknown kind": _row(loop={"archive": "parcel", "part": "words"}),
    "a request after nothing": _row(
        loop={"archive": "letter", "part": "identity", "request_days": 0}
    ),
    "no source": _row(source=" "),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_table_is_refused(fault: str) -> None:
    data = copy.deepcopy(DATA)
    BAD[fault](data)
    with pytest.raises(BadData):
        RetentionTable.of(data)
