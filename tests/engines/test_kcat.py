"""A bureau's rights also hold for a client that is not ours.

It signs in by certificate: Debian's kcat uses a library that can't sign in by SCRAM at Kafka 4
(librdkafka before 2.6.1 sends a nonce that RFC 5802 doesn't allow). Users and rights are the same.
"""

import asyncio
import shutil

import pytest

from deploy.local.kafka.cluster import LocalCluster
from shared.contracts.topics import actions_of, letters_of, user_of
from tests.support.stack import Servers

pytestmark = [pytest.mark.engines, pytest.mark.real, pytest.mark.timeout(300)]

PATIENCE_S = 30.0
LETTERS, ACTIONS = letters_of("foshan").name, actions_of("foshan").name
DENIED = "authorization failed"


class Kcat:
    """kcat with a configuration file."""

    def __init__(self, config: str) -> None:
        self._config = config

    async def __call__(self, *words: str, said: str = "") -> tuple[int, str]:
        """Exit code and output."""
        program = shutil.which("kcat")
        assert program, "kcat is not installed: apt-get install kcat"
        process = await asyncio.create_subprocess_exec(
            *(program, "-F", self._config, *words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(PATIENCE_S):
            printed, _ = await process.communicate(said.encode())
        return process.returncode or 0, printed.decode(errors="replace").lower()


@pytest.fixture
def kcat(cluster: Servers, tmp_path_factory: pytest.TempPathFactory) -> Kcat:
    engines = cluster.stack.engines
    assert isinstance(engines, LocalCluster)
    own = str(engines.certificates.client(user_of("bureau:foshan")))
    lines = {
        "bootstrap.servers": f"127.0.0.1:{engines.nodes[0].certified}",
        "security.protocol": "SSL",
        "ssl.ca.location": str(engines.certificates.authority),
        "ssl.certificate.location": own,
        "ssl.key.location": own,
        "enable.idempotence": "true",
        "message.timeout.ms": "10000",
    }
    config = tmp_path_factory.mktemp("kcat") / "config"
    config.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return Kcat(str(config))


async def test_it_is_shown_its_own_topics_alone(kcat: Kcat) -> None:
    code, printed = await kcat("-L")
    assert code == 0, printed
    assert LETTERS in printed
    for other in (letters_of("guangzhou").name, actions_of("guangzhou").name, "letters.submitted"):
        assert other not in printed


async def test_it_reads_its_letters_and_writes_its_actions(kcat: Kcat) -> None:
    code, printed = await kcat("-P", "-t", ACTIONS, "-k", "GD-0", said="{}\n")
    assert code == 0, printed
    code, printed = await kcat("-C", "-t", LETTERS, "-o", "beginning", "-e", "-q")
    assert code == 0, printed


@pytest.mark.parametrize(
    "topic",
    [LETTERS, actions_of("guangzhou").name, letters_of("guangzhou").name, "letters.progress"],
)
async def test_it_writes_nothing_else(kcat: Kcat, topic: str) -> None:
    code, printed = await kcat("-P", "-t", topic, "-k", "GD-0", said="{}\n")
    assert code != 0
    assert DENIED in printed


@pytest.mark.parametrize(
    "topic", [ACTIONS, letters_of("guangzhou").name, "letters.submitted", "letters.resends"]
)
async def test_it_reads_nothing_else(kcat: Kcat, topic: str) -> None:
    code, printed = await kcat("-C", "-t", topic, "-o", "beginning", "-e", "-q", "-p", "0")
    assert code != 0
    assert DENIED in printed


@pytest.mark.parametrize("group", ["router", "bureau.guangzhou.mailbox", "bureau.foshanx"])
async def test_it_joins_no_other_group(kcat: Kcat, group: str) -> None:
    code, printed = await kcat("-q", "-e", "-G", group, LETTERS)
    assert code != 0
    assert DENIED in printed
