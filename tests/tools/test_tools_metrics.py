"""Every metric is named by Prometheus' conventions, documented, and bounded in its labels."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Counter, generate_latest

from shared.audit.metrics import REGISTRY as OF_AUDIT
from shared.platform.http.request_guard import count_in
from shared.platform.kafka.record_labels import UNKNOWN, labels_of
from tests.support.builders import LETTER, asked
from tests.support.programs import said_by
from tools import metrics as command
from tools.alert_rules import rules
from tools.metric_labels import BY_LABEL, BY_METRIC, strange, vocabulary
from tools.metrics import MODULES, PAGE, Metric, catalogue, page

METRICS = catalogue()
UNBOUNDED = (LETTER, "GD-2XKM-7Q4R-9TVW-3HJC-5", "陈", "", "a b", "440199199001010018")


@pytest.fixture(scope="module")
def exposed() -> str:
    """The initial metrics of all services and the audit."""
    for name in MODULES:
        import_module(name)
    count_in(REGISTRY)
    return (generate_latest(REGISTRY) + generate_latest(OF_AUDIT)).decode()


def test_the_committed_table_is_what_the_command_would_write() -> None:
    assert command.main(["check"]) == 0


def test_the_command_sees_another_table_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "metrics.md"
    other.write_text(PAGE.read_text(encoding="utf-8").replace("counter", "gauge", 1))
    monkeypatch.setattr(command, "PAGE", other)
    assert command.main(["check"]) == 1
    assert "tools.metrics write" in capsys.readouterr().out
    assert command.main(["write"]) == 0
    assert command.main(["check"]) == 0
    assert command.main(["guess"]) == 2
    assert command.main([]) == 2


def test_the_table_names_every_metric_once_with_its_alerts() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| `mailbox_")]
    assert [row.split("`")[1] for row in rows] == [one.name for one in METRICS]
    (unsent,) = [row for row in rows if "`mailbox_shell_oldest_unsent_seconds`" in row]
    assert "MailboxEffectsUnsent" in unsent
    (late,) = [row for row in rows if "`mailbox_consumer_age_seconds`" in row]
    assert "MailboxRecordsLateFast" in late, "by way of recorded series, too"


def test_the_catalogue_is_all_that_the_registries_have(exposed: str) -> None:
    shown = {line.split()[2] for line in exposed.splitlines() if line.startswith("# TYPE mailbox_")}
    assert {one.name for one in METRICS} == shown


@pytest.mark.parametrize("metric", METRICS, ids=lambda one: one.name)
def test_a_metric_is_ours_says_what_it_means_and_has_labels_of_closed_vocabularies(
    metric: Metric,
) -> None:
    assert metric.name.startswith("mailbox_")
    assert metric.help.endswith(".")
    for label in metric.labels:
        known = vocabulary(metric.name, label)
        assert known is not None, f"{label}: give it a vocabulary in tools/metric_labels.py"
        for value in known.values:
            assert known.has(value)
        if label == "revision":
            continue  # whatever the operator calls an image; one for each process
        for unbounded in UNBOUNDED:
            assert not known.has(unbounded), f"{label} takes {unbounded!r}"


def test_no_vocabulary_is_of_a_metric_or_a_label_that_is_no_more() -> None:
    used = {(one.name, label) for one in METRICS for label in one.labels}
    assert set(BY_METRIC) <= used
    assert set(BY_LABEL) <= {label for _, label in used}


def test_a_value_beyond_its_vocabulary_is_found() -> None:
    good = {"topic": "letters.progress", "outcome": "read"}
    assert strange("mailbox_consumer_records_total", good) == []
    bad = {"topic": "bureau.foshan.actions", "outcome": LETTER}
    assert strange("mailbox_consumer_records_total", bad) == ["outcome", "topic"]
    assert strange("mailbox_consumer_records_total", {"letter": "x"}) == ["letter"]
    routes = {"/v1/letters/{letter}": [], f"/v1/letters/{LETTER}": ["route"]}
    for route, found in routes.items():
        labels = {"route": route, "method": "GET", "status": "200"}
        assert strange("mailbox_http_requests_total", labels) == found


def test_what_a_stranger_writes_into_a_header_becomes_no_label() -> None:
    for headers in ((("ce_type", b"gd.mailbox.my.own.v1"),), (("ce_type", b"\xff"),), ()):
        raw = replace(asked(1), headers=headers)
        assert labels_of(raw) == ("letters.submitted", UNKNOWN)


def test_rules_ask_for_no_metric_that_is_not_there() -> None:
    recorded = {one.name for one in rules() if not one.is_alert}
    series = recorded.union(*(one.series for one in METRICS))
    assert rules()
    unknown = {name: rule.name for rule in rules() for name in rule.names - series}
    assert not unknown


@pytest.mark.prometheus
def test_promtool_finds_nothing_to_say(exposed: str) -> None:
    assert said_by("promtool", "check", "metrics", stdin=exposed) == (0, "")


@pytest.fixture
def planted() -> str:
    """A counter as Prometheus doesn't like it."""
    registry = CollectorRegistry()
    Counter("mailbox_lat_ms", "", registry=registry)
    return generate_latest(registry).decode()


@pytest.mark.prometheus
def test_promtool_would_say_something(planted: str) -> None:
    code, printed = said_by("promtool", "check", "metrics", stdin=planted)
    assert code != 0
    assert "mailbox_lat_ms" in printed
