"""In development a clock file may set the time; in production there is only the real clock."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.settings import KafkaSettings, load

STEP = "2026-11-25T12:00:00.000Z 2026-04-20T01:00:00.000Z 0\n"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MAILBOX_")]:
        monkeypatch.delenv(name)
    complete = {
        "KAFKA_BOOTSTRAP": "kafka-0.kafka:9093",
        "KAFKA_SECURITY": "SASL_SSL",
        "KAFKA_USERNAME": "intake",
        "KAFKA_PASSWORD": "seeded",
    }
    for name, value in complete.items():
        monkeypatch.setenv(f"MAILBOX_{name}", value)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file that the setting names."""
    file = tmp_path / "clock"
    file.write_text(STEP)
    monkeypatch.setenv("MAILBOX_CLOCK_FILE", str(file))
    return file


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        load(KafkaSettings)
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_without_a_file_the_office_has_our_clock() -> None:
    assert load(KafkaSettings).office_time is utc_now


@pytest.mark.usefixtures("clock")
def test_in_production_there_is_one_clock(capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys) == (
        "MAILBOX_CLOCK_FILE is refused outside MAILBOX_ENV=dev, where there is one clock only.\n"
    )


@pytest.mark.usefixtures("clock")
def test_in_development_the_office_may_live_by_a_clock_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAILBOX_ENV", "dev")
    assert load(KafkaSettings).office_time() == datetime(2026, 4, 20, 1, tzinfo=UTC)


@pytest.mark.parametrize("content", [None, "", "soon\n", STEP.strip()], ids=str)
def test_a_clock_that_tells_no_time_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    clock: Path,
    content: str | None,
) -> None:
    monkeypatch.setenv("MAILBOX_ENV", "dev")
    clock.unlink()
    if content is not None:
        clock.write_text(content)
    said = "MAILBOX_CLOCK_FILE must name a file of steps of office time.\n"
    assert refusal(capsys) == said
