"""Installing Apache Kafka: missing programs are named, and no partial download is kept."""

from pathlib import Path

import pytest

from deploy.local.kafka import install
from deploy.local.kafka.install import KafkaNotInstalled, install_broker, install_database, main


def program(folder: Path, name: str, lines: str) -> None:
    """A program of that name, first on the path."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A path with nothing else on it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("java", "mvn", "cargo"):
        program(folder, name, "exit 127")
    return folder


@pytest.mark.parametrize("said", ["echo 'openjdk version \"11.0.2\"' >&2", "exit 127"])
def test_an_old_java_or_none_is_refused(
    programs: Path, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(programs, "java", said)
    assert main([str(tmp_path / "engines")]) == 1
    assert capsys.readouterr().err == ("make: Apache Kafka needs Java 17 or newer on the path.\n")


def test_what_maven_cannot_bring_leaves_nothing_behind(programs: Path, tmp_path: Path) -> None:
    program(programs, "java", "echo 'openjdk version \"17.0.1\"' >&2")
    program(programs, "mvn", "echo '[ERROR] no such artifact'; exit 1")
    with pytest.raises(KafkaNotInstalled, match="no such artifact"):
        install_broker(tmp_path / "engines")
    assert not (tmp_path / "engines" / "jars").exists()


def test_jars_are_brought_once_for_each_pom(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "java", "echo 'openjdk version \"21\"' >&2")
    calls = tmp_path / "calls"
    refuse = 'case "$*" in *--strict-checksums*) ;; *) exit 1 ;; esac'
    bring = f"{refuse}; /bin/mkdir jars; : > jars/kafka_2.13-9.9.9.jar; echo again >> {calls}"
    program(programs, "mvn", bring)
    for _ in range(2):
        assert install_broker(tmp_path / "engines") == "9.9.9"
    assert calls.read_text() == "again\n"
    other = tmp_path / "pom.xml"
    other.write_text("<project/>")
    monkeypatch.setattr(install, "POM", other)
    assert install_broker(tmp_path / "engines") == "9.9.9"
    assert calls.read_text() == "again\nagain\n"


def test_a_database_that_cannot_be_built_leaves_the_embedded_one(
    programs: Path, tmp_path: Path
) -> None:
    program(programs, "cargo", "echo 'error: rustc is too old' >&2; exit 101")
    assert install_database(tmp_path) == (
        "the embedded one, since secantus-mdb could not be built: error: rustc is too old"
    )
    (programs / "cargo").unlink()
    assert "there is no Cargo" in install_database(tmp_path)


def test_another_version_of_the_database_is_built_in_place_of_the_old_one(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, folder = tmp_path / "calls", tmp_path / "engines"
    program(programs, "cargo", f'echo "$4" >> {calls}; : > {folder}/bin/secantusd-rs')
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "secantusd-rs").write_text("of an installation without a stamp")
    for version in ("1.0.0", "1.0.0", "2.0.0"):
        monkeypatch.setattr(install, "DATABASE", ("secantus-mdb", version))
        assert install_database(folder) == f"secantus-mdb {version}"
    assert calls.read_text() == "1.0.0\n2.0.0\n"
    monkeypatch.setattr(install, "DATABASE", ("secantus-mdb", "3.0.0"))
    program(programs, "cargo", "echo 'error: no such version' >&2; exit 101")
    assert "no such version" in install_database(folder)
    assert not (folder / "bin" / "secantusd-rs").exists()
