"""Generated files are up to date with the data that the code uses."""

from pathlib import Path

import pytest
import yaml
from pydantic_settings import BaseSettings

from shared.access.wanted import wanted
from shared.contracts import topics as contract
from shared.platform.runtime.settings import ServiceSettings
from tools.k8s import broker_objects, generated, rule_objects, settings_page
from tools.k8s.__main__ import main
from tools.k8s.settings_page import Untold

ONE = """groups:
- name: letters
  rules:
  - alert: LetterLate
    expr: vector(1)
"""


def test_what_is_committed_equals_a_fresh_render() -> None:
    assert generated.differences() == []


def test_a_file_that_differs_or_is_missing_is_named(tmp_path: Path) -> None:
    generated.write(tmp_path)
    assert generated.differences(tmp_path) == []
    (tmp_path / "docs/settings.md").write_text("# others\n")
    (tmp_path / "deploy/k8s/components/kafka/users.yaml").unlink()
    assert [one.partition(":")[0] for one in generated.differences(tmp_path)] == [
        "deploy/k8s/components/kafka/users.yaml",
        "docs/settings.md",
    ]


def test_every_topic_is_made_once_with_its_partitions_and_days() -> None:
    made = [*broker_objects.topics(of_bureaus=False), *broker_objects.topics(of_bureaus=True)]
    assert [one["metadata"]["name"] for one in made] == list(contract.BY_NAME)
    for one in made:
        topic = contract.BY_NAME[one["metadata"]["name"]]
        assert one["spec"]["partitions"] == topic.partitions
        kept = one["spec"]["config"]["retention.ms"]
        days = topic.retention_days
        assert kept == (str(days * 86_400_000) if days else "-1")


def test_every_right_of_the_contract_is_given_and_no_other() -> None:
    made = [*broker_objects.users(of_bureaus=False), *broker_objects.users(of_bureaus=True)]
    given = {
        (
            one["metadata"]["name"],
            operation.upper(),
            rule["resource"]["type"],
            rule["resource"]["name"],
            rule["resource"]["patternType"] == "prefix",
        )
        for one in made
        for rule in one["spec"]["authorization"]["acls"]
        for operation in rule["operations"]
    }
    assert given == {
        (one.user, one.operation.replace("_", ""), one.resource, one.name, one.is_prefix)
        for one in wanted({}).bindings
    }


def test_outsiders_have_quotas_and_services_take_what_they_need() -> None:
    limited = {
        one["metadata"]["name"]
        for one in (*broker_objects.users(of_bureaus=False), *broker_objects.users(of_bureaus=True))
        if "quotas" in one["spec"]
    }
    principals = {name for name in contract.principals() if contract.quota(name)}
    assert limited == {contract.user_of(name) for name in principals}


def test_rules_of_all_files_lie_in_one_object_by_name_of_file(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text(ONE)
    (tmp_path / "a.yml").write_text(ONE.replace("letters", "topics"))
    (tmp_path / "empty.yml").write_text("")
    (tmp_path / "a.test.yaml").write_text("evaluation_interval: 1m\n")
    made = rule_objects.rules(tmp_path)
    assert [group["name"] for group in made["spec"]["groups"]] == ["topics", "letters"]
    assert made["spec"]["groups"][1] == yaml.safe_load(ONE)["groups"][0]


def test_without_a_file_there_are_no_rules(tmp_path: Path) -> None:
    assert rule_objects.rules(tmp_path / "gone")["spec"] == {"groups": []}


def test_every_setting_of_every_class_is_told() -> None:
    page = settings_page.page()
    others = (*settings_page.SERVICES.values(), *settings_page.OTHERS.values())
    classes: list[type[BaseSettings]] = [ServiceSettings, *others]
    for kind in classes:
        shown = settings_page.variables(kind)
        for field in kind.model_fields:
            names = [name for name, of in shown.items() if of == field]
            assert [name for name in names if f"| `{name}` |" in page], (kind, field)


def test_a_setting_that_nobody_explains_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(ServiceSettings):
        surprise: int = 1

    monkeypatch.setitem(settings_page.SERVICES, "silent", Silent)
    with pytest.raises(Untold, match=r"Silent\.surprise"):
        settings_page.page()


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("kafka_bootstrap", "**必填 required**"),
        ("log_level", "`INFO` | `DEBUG` `INFO` `WARNING` `ERROR`"),
        ("kafka_session_ms", "`45000` | 500 … 600000"),
        ("offices_file", "`shared/data/offices.yaml`"),
        ("mongo_uri", "**必填 required** | secret"),
        ("kafka_idempotent", "`true` | boolean"),
    ],
)
def test_defaults_and_limits_are_those_of_the_class(field: str, row: str) -> None:
    [line] = [
        one
        for one in settings_page.page().splitlines()
        if one.startswith(f"| `MAILBOX_{field.upper()}` ")
    ]
    assert row in line


def test_the_command_says_what_it_knows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy"]) == 2
    assert "python -m tools.k8s write" in capsys.readouterr().out


@pytest.mark.parametrize(
    "settings", [*settings_page.SERVICES.values(), *settings_page.OTHERS.values()]
)
def test_no_settings_replace_a_check_of_those_that_they_extend(
    settings: type[BaseSettings],
) -> None:
    """A validator of the same name would drop the other silently, and what that refuses."""
    names = [
        name
        for kind in settings.__mro__
        if issubclass(kind, BaseSettings)
        for name in kind.__pydantic_decorators__.field_validators
        if name in vars(kind)
    ]
    assert len(names) == len(set(names))
