"""The registry of frontends: what an operator may write, and what stops the service."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.slugs import BUREAUS
from shared.kernel.errors import BadData
from shared.platform.runtime import data_files
from shared.rules.frontends import Frontends, channel_of

ROW: Mapping[str, Any] = {"client": "site", "entries": ["website-bay"]}


def registry(*rows: Mapping[str, Any], **more: Any) -> Frontends:
    """Read a file with these rows."""
    return Frontends.of({"version": "1", "frontends": list(rows), **more}, bureaus=BUREAUS)


def test_a_city_site_has_its_city_and_its_origins() -> None:
    origins = ["https://gz.example.gov.cn", "http://127.0.0.1:8086"]
    row = {"client": "gz", "entries": ["city-website"], "city": "guangzhou", "origins": origins}
    found = registry(row, ROW)
    assert found.by_client["gz"].city == "guangzhou"
    assert found.origins == set(origins)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client": "<script>"},
        {"client": 7},
        {"entries": []},
        {"entries": ["website-bay", "website-bay"]},
        {"entries": ["telegram"]},
        {"entries": ["counter"]},
        {"entries": ["hotline"]},
        {"entries": ["city-website"]},
        {"city": "guangzhou"},
        {"entries": ["city-website"], "city": "atlantis"},
        {"origins": ["*"]},
        {"origins": ["null"]},
        {"origins": ["https://*.gov.cn"]},
        {"origins": ["http://www.example.gov.cn"]},
        {"origins": ["https://www.example.gov.cn/"]},
        {"origins": ["https://WWW.example.gov.cn"]},
        {"origins": "https://www.example.gov.cn"},
        {"ours": "yes"},
        {"secret": "x"},
    ],
)
def test_a_wrong_row_stops_the_service(wrong: Mapping[str, Any]) -> None:
    with pytest.raises(BadData, match="frontends"):
        registry({**ROW, **wrong})


def test_each_client_stands_once_and_an_empty_file_is_a_mistake() -> None:
    for rows in ([ROW, ROW], []):
        with pytest.raises(BadData):
            registry(*rows)
    with pytest.raises(BadData, match="not known"):
        registry(ROW, frontend=[])


def test_the_example_is_for_development_alone(tmp_path: Path) -> None:
    assert data_files.frontends().is_example
    assert not data_files.frontends(None, examples=False).by_client
    own = tmp_path / "frontends.yaml"
    own.write_bytes(data_files.FRONTENDS.read_bytes())
    with pytest.raises(BadData, match="example"):
        data_files.frontends(own, examples=False)


def test_the_older_word_follows_from_the_entry() -> None:
    words = [channel_of(each) for each in ("wechat", "weibo", "city-website", "counter", None)]
    assert words == ["wechat", "weibo", "web", "web", "web"]
