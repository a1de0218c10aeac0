"""Every alert has what the person on duty needs, and was seen to fire and to be silent."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.programs import said_by
from tools.alert_lint import TESTS, anchor, faults, sections, unproved
from tools.alert_rules import RULES, Rule, alerts, metrics_of, rules

GOOD = Rule(
    "x.yml",
    "x",
    "MailboxX",
    "mailbox_ready == 0",
    is_alert=True,
    labels={"severity": "page"},
    annotations={"summary": "出事了 · it broke", "runbook_url": "docs/runbooks/x.md#it-broke"},
)
PAGE = "# X\n\n## It broke\n\n**Symptom.** `MailboxX`\n**Confirm.** a\n**Do.** b\n**Don't.** c\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    page = tmp_path / "docs" / "runbooks" / "x.md"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_every_alert_has_severity_both_languages_and_a_page_that_says_what_to_do() -> None:
    assert alerts()
    assert faults(alerts()) == []


def test_every_alert_was_seen_to_fire_and_to_be_silent() -> None:
    assert unproved(alerts()) == []


def test_every_alert_rests_on_a_metric_or_on_what_prometheus_says_itself() -> None:
    bare = {one.name for one in alerts() if not metrics_of(one)}
    assert bare == {
        "MailboxWatchdog", "MailboxServiceDown", "MailboxServiceAbsent", "MailboxReplicaDown",
        "MailboxRestarting",
    }  # fmt: skip


def test_an_alert_that_has_all_is_left_in_peace(root: Path) -> None:
    assert faults([GOOD], root) == []


def told(**annotations: str) -> Rule:
    return replace(GOOD, annotations={**GOOD.annotations, **annotations})


@pytest.mark.parametrize(
    ("alert", "what"),
    [
        (replace(GOOD, name="X"), "begin with Mailbox"),
        (replace(GOOD, labels={}), "severity"),
        (replace(GOOD, labels={"severity": "critical"}), "severity"),
        (told(summary="it broke"), "summary"),
        (told(summary="出事了"), "summary"),
        (told(summary="it broke · 出事了"), "summary"),
        (replace(GOOD, annotations={}), "summary"),
        (replace(GOOD, annotations={}), "no page"),
        (told(runbook_url="docs/runbooks/y.md#it-broke"), "no page"),
        (told(runbook_url="README.md"), "no page"),
        (told(runbook_url="docs/runbooks/x.md#it-bent"), "no section"),
        (told(runbook_url="docs/runbooks/x.md"), "no section"),
        (replace(GOOD, name="MailboxY"), "doesn't name it"),
    ],
)
def test_what_an_alert_lacks_is_named(alert: Rule, what: str, root: Path) -> None:
    assert [one for one in faults([alert], root) if what in one]


@pytest.mark.parametrize("part", ["Symptom", "Confirm", "Do.", "Don't"])
def test_a_section_that_leaves_something_out_is_named(part: str, root: Path) -> None:
    page = root / "docs" / "runbooks" / "x.md"
    page.write_text(PAGE.replace(f"**{part}", "**Else"), encoding="utf-8")
    assert [one for one in faults([GOOD], root) if "lacks one of" in one]


def test_two_alerts_of_one_name_are_named(root: Path) -> None:
    assert [one for one in faults([GOOD, GOOD], root) if "taken" in one]


def test_an_alert_without_its_proof_is_named(tmp_path: Path) -> None:
    fires = "{alertname: MailboxX, eval_time: 1m, exp_alerts: [{exp_labels: {severity: page}}]}"
    (tmp_path / "x.yml").write_text(f"tests: [{{alert_rule_test: [{fires}]}}]", encoding="utf-8")
    assert unproved([GOOD], tmp_path) == ["MailboxX: no test shows it silent"]
    assert len(unproved([replace(GOOD, name="MailboxY")], tmp_path)) == 2


def test_anchors_are_those_of_headings_and_end_at_the_next_of_their_rank() -> None:
    assert anchor("A bureau's actions, are refused") == "a-bureaus-actions-are-refused"
    found = sections("# A\none\n## B\ntwo\n### C\nthree\n## D\nfour\n")
    assert set(found) == {"a", "b", "c", "d"}
    assert ("three" in found["b"], "four" in found["b"], "four" in found["a"]) == (
        True, False, True,
    )  # fmt: skip


@pytest.mark.prometheus
def test_promtool_finds_no_fault_in_the_rules() -> None:
    files = [str(file) for file in sorted(RULES.glob("*.yml"))]
    code, printed = said_by("promtool", "check", "rules", "--lint=all", "--lint-fatal", *files)
    assert code == 0, printed
    assert printed.count("SUCCESS") == len(files)
    config = str(RULES.parent / "prometheus.yml")
    code, printed = said_by("promtool", "check", "config", config)
    assert code == 0, printed


@pytest.mark.prometheus
@pytest.mark.timeout(600)
@pytest.mark.parametrize("file", sorted(TESTS.glob("*.yml")), ids=lambda file: file.stem)
def test_alerts_fire_and_are_silent_as_their_tests_say(file: Path) -> None:
    code, printed = said_by("promtool", "test", "rules", str(file))
    assert code == 0, printed


@pytest.mark.prometheus
def test_a_rule_that_does_not_fire_fails_its_test(tmp_path: Path) -> None:
    for folder in (RULES, TESTS):
        (tmp_path / folder.name).mkdir()
        for file in folder.glob("*.yml"):
            text = file.read_text(encoding="utf-8").replace("month() == 12", "month() == 13")
            (tmp_path / folder.name / file.name).write_text(text, encoding="utf-8")
    code, printed = said_by("promtool", "test", "rules", str(tmp_path / "tests" / "calendar.yml"))
    assert code != 0
    assert "MailboxCalendarEnds" in printed


def test_recorded_series_are_named_by_level_metric_and_operation() -> None:
    for rule in rules():
        if not rule.is_alert:
            level, metric, operation = rule.name.split(":")
            assert level
            assert operation
            assert metric.startswith("mailbox_")
