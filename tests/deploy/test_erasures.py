"""Intake decides erasures in the local stack, and every service applies a ledger."""

from collections.abc import Mapping, Sequence

import pytest

from deploy.local import __main__ as program
from deploy.local import erasures as module
from deploy.local.stack.plan import SERVICES


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Each command with its service; the router fails."""
    found: list[tuple[str, ...]] = []

    def operate(service: str, words: Sequence[str], *, environment: Mapping[str, str]) -> int:
        assert environment
        found.append((service, *words))
        return int(service == "router")

    monkeypatch.setattr(module, "operate", operate)
    return found


def test_intake_erases_and_exports(told: list[tuple[str, ...]]) -> None:
    assert program.main(["erase", "--letter", "GD-1", "--yes"]) == 0
    assert program.main(["erasures", "export", "out"]) == 0
    assert told == [("intake", "erase", "--letter", "GD-1", "--yes"),
                    ("intake", "erasures", "export", "out")]  # fmt: skip


def test_every_service_applies_it_and_one_that_fails_is_not_hidden(
    told: list[tuple[str, ...]],
) -> None:
    assert program.main(["erasures", "apply", "in", "--keys=keys"]) == 1
    assert [service for service, *_ in told] == [*SERVICES]


def test_without_a_stack_it_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: str
) -> None:
    monkeypatch.setenv("MAILBOX_LOCAL_DIR", str(tmp_path))
    assert program.main(["erase"]) == 1
    assert "make run" in capsys.readouterr().err
