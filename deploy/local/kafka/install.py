"""Installs the engines of production: `python -m deploy.local.kafka.install FOLDER`.

Apache Kafka comes from Maven as jars, the fast database from Cargo as a program (skipped with
`--broker-only`); both are kept in FOLDER. Without Cargo the embedded database is used. Standard
library only, as `deploy.local.install`.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
OLDEST_JAVA = 17
DATABASE = ("secantus-mdb", "0.5.3-beta.193")
"""GPL-2.0-only: built and run as a separate program, never part of ours."""
STAMP = "stamp"


class KafkaNotInstalled(Exception):
    """It could not be installed; the text is one sentence for whoever ran the command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Install what is missing, print what is installed, and return an exit code."""
    parser = argparse.ArgumentParser(prog="engines", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--broker-only", action="store_true", help="leave the database out")
    options = parser.parse_args(arguments)
    folder: Path = options.folder.resolve()
    try:
        _say(f"Apache Kafka {install_broker(folder)}, Java {java_version()}")
        if not options.broker_only:
            _say(f"database: {install_database(folder)}")
    except (KafkaNotInstalled, OSError) as fault:
        print(f"make: {fault}", file=sys.stderr)
        return 1
    return 0


def java_version() -> int:
    """Return the major version of the Java on the path. Raises: KafkaNotInstalled."""
    output = _output_of(["java", "-version"])
    found = re.search(r'version "(\d+)', output or "")
    if found is None or int(found[1]) < OLDEST_JAVA:
        raise KafkaNotInstalled(f"Apache Kafka needs Java {OLDEST_JAVA} or newer on the path.")
    return int(found[1])


def install_broker(folder: Path) -> str:
    """Download the jars with Maven unless those of this pom exist; return Kafka's version.

    Raises: KafkaNotInstalled.
    """
    java_version()
    jars, wanted = folder / "jars", hashlib.sha256(POM.read_bytes()).hexdigest()
    if not (jars / STAMP).is_file() or (jars / STAMP).read_text() != wanted:
        if shutil.which("mvn") is None:
            raise KafkaNotInstalled("Maven is needed to download Apache Kafka: install mvn.")
        shutil.rmtree(jars, ignore_errors=True)
        _download(jars)
        (jars / STAMP).write_text(wanted)
    return _version(jars)


def install_database(folder: Path) -> str:
    """Build the fast database unless this version exists; describe what the stack will use."""
    name, version = DATABASE
    program, stamp = folder / "bin" / "secantusd-rs", folder / "bin" / STAMP
    if program.exists() and stamp.is_file() and stamp.read_text() == version:
        return f"{name} {version}"
    if shutil.which("cargo") is None:
        return "the embedded one, since there is no Cargo to build the fast one"
    _say(f"Building {name} {version}; that takes some minutes …")
    # the crate names a newer compiler than it needs; one that is too old for it fails by itself
    command = [
        *("cargo", "install", name, "--version", version, "--locked", "--ignore-rust-version"),
        *("--root", str(folder), "--force", "--quiet"),
    ]
    program.unlink(missing_ok=True)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode or not program.exists():
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        return f"the embedded one, since {name} could not be built: {last[0]}"
    stamp.write_text(version)
    return f"{name} {version}"


def _download(jars: Path) -> None:
    """Download all jars or none."""
    with tempfile.TemporaryDirectory(dir=jars.parent if jars.parent.exists() else None) as beside:
        work = Path(beside)
        shutil.copy(POM, work / "pom.xml")
        command = [
            *("mvn", "--batch-mode", "--quiet", "--strict-checksums"),
            "dependency:copy-dependencies",
            *("-DoutputDirectory=jars", "-DincludeScope=runtime"),
        ]
        done = subprocess.run(command, cwd=work, check=False, capture_output=True, text=True)
        if done.returncode:
            lines = [line for line in done.stdout.splitlines() if "ERROR" in line]
            raise KafkaNotInstalled(
                f"Maven could not download Apache Kafka: {(lines or ['no reason'])[0]}"
            )
        jars.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(work / "jars", jars)


def _version(jars: Path) -> str:
    names = [path.name for path in jars.glob("kafka_2.13-*.jar")]
    return names[0].removeprefix("kafka_2.13-").removesuffix(".jar") if names else "missing"


def _output_of(command: Sequence[str]) -> str | None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    except OSError:
        return None
    return done.stderr + done.stdout


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
