"""Runs one local broker: `python -m deploy.local.kafka.broker JARS FOLDER PASSWORD_FILE`.

The folder holds `server.properties`. If it has no data, the storage is formatted first, together
with the operator's hashed password, because a cluster without any user would let nobody in to make
one. If the folder has a file `forget`, the data is removed first.
"""

import base64
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from deploy.local.kafka.node import CLUSTER_ID
from deploy.local.kafka.passwords import ADMIN

LOGGING = Path(__file__).with_name("log4j2.properties")
FLAGS = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""For a quick start and little memory: three brokers share a machine with everything else."""
ITERATIONS = 4_096
FORGET = "forget"


def main(arguments: list[str] | None = None) -> NoReturn:
    """Format the storage if necessary, then become the broker. Raises: CalledProcessError."""
    jars, folder, password_file = map(Path, sys.argv[1:] if arguments is None else arguments)
    java = ["java", *FLAGS, f"-Dlog4j2.configurationFile={LOGGING}", "-cp", f"{jars}/*"]
    properties_path = str(folder / "server.properties")
    if (folder / FORGET).exists():
        shutil.rmtree(folder / "data", ignore_errors=True)
        (folder / FORGET).unlink()
    if not (folder / "data" / "meta.properties").exists():
        _format(java, properties_path, _credential(password_file))
    os.execvp(java[0], [*java, "kafka.Kafka", properties_path])  # noqa: S606 - no shell is wanted


def _format(java: list[str], properties_path: str, credential: str) -> None:
    words = ["format", "-t", CLUSTER_ID, "-c", properties_path, "--add-scram", credential]
    subprocess.run(
        [*java, "kafka.tools.StorageTool", *words],
        check=True,
        stdout=subprocess.DEVNULL,  # it prints the credential's hash
    )


def _credential(password_file: Path) -> str:
    """Return the operator's hashed credential, as the storage tool takes it."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha512", password_file.read_bytes(), salt, ITERATIONS)
    coded = [base64.b64encode(octets).decode() for octets in (salt, salted)]
    return (
        f'SCRAM-SHA-512=[name="{ADMIN}",iterations={ITERATIONS},'
        f'salt="{coded[0]}",saltedpassword="{coded[1]}"]'
    )


if __name__ == "__main__":
    main()
