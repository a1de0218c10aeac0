"""The command that sets up a cluster's users, rights and topics: shown, applied, repeated, undone.

On a cluster of its own, which each test leaves as it found it.
"""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.kafka.passwords import ADMIN
from shared.access.cluster import AdministeredCluster, reached
from shared.access.wanted import Binding
from shared.contracts.topics import BY_NAME, actions_of, letters_of
from shared.platform.app.topic_timestamps import check_timestamps
from shared.platform.repair.incarnations import TopicsMissing
from shared.platform.runtime.settings import KafkaSettings
from tests.engines.conftest import ON_KAFKA
from tests.engines.principals import ATTEMPTS, PAUSE_S, Principal
from tests.support.reaching import bus_of, kafka_of
from tests.support.stack import Servers, running_servers

pytestmark = [pytest.mark.engines, pytest.mark.real, pytest.mark.timeout(300)]

SAME, DIFFERENT, NOT_DONE = 0, 1, 2
THEIRS, ACTIONS = letters_of("guangzhou").name, actions_of("foshan").name


@pytest.fixture(scope="module")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("own"), environment=ON_KAFKA) as running:
        yield running


async def access(environment: Mapping[str, str], *words: str) -> tuple[int, str]:
    """Run the command as an operator does; return its exit code and output."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.access", *words),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(90):
        printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


async def reads(user: Principal, topic: str, *, is_allowed: bool = True) -> None:
    """Wait until the user may read the topic, or no longer: a broker learns of a right later."""
    for _ in range(ATTEMPTS):
        if bool(await user.may_read(topic)) == is_allowed:
            return
        await asyncio.sleep(PAUSE_S)
    raise AssertionError(f"{topic}: still {not is_allowed}")


async def test_it_says_what_is_too_much_and_takes_it_away_when_told(own_cluster: Servers) -> None:
    operator, settings = own_cluster.environment, kafka_of(own_cluster.environment)
    foshan = Principal(own_cluster, "bureau:foshan")
    assert await access(operator, "show") == (
        SAME,
        "集群与约定一致 · the cluster is as the contract says\n",
    )
    leak = Binding("bureau.foshan", "READ", "topic", "bureau.", is_prefix=True)
    await asyncio.to_thread(_allow, settings, leak)
    await reads(foshan, THEIRS)
    code, printed = await access(operator, "show")
    assert (code, "- right bureau.foshan: READ topic bureau.*" in printed) == (DIFFERENT, True)
    assert (await access(operator, "apply"))[0] == DIFFERENT
    assert await foshan.may_read(THEIRS)
    assert (await access(operator, "apply", "--prune"))[0] == SAME
    await reads(foshan, THEIRS, is_allowed=False)


async def test_it_gives_back_what_was_taken(own_cluster: Servers) -> None:
    operator, settings = own_cluster.environment, kafka_of(own_cluster.environment)
    foshan, own = Principal(own_cluster, "bureau:foshan"), letters_of("foshan").name
    right = Binding("bureau.foshan", "READ", "topic", own)
    await asyncio.to_thread(_change, settings, right)
    await reads(foshan, own, is_allowed=False)
    code, printed = await access(operator, "show")
    assert code == DIFFERENT
    assert f"+ right {right}" in printed
    assert "~ quota bureau.foshan: producer_byte_rate=1048576" in printed
    assert f"~ topic {own}: retention.ms=7776000000" in printed
    assert f"- topic {own}: retention.bytes" in printed
    assert f"~ topic {ACTIONS}: message.timestamp.type=LogAppendTime" in printed
    bus = bus_of(Principal(own_cluster, "router").environment)
    with pytest.raises(TopicsMissing, match=ACTIONS):
        await check_timestamps(bus, BY_NAME)
    assert (await access(operator, "apply"))[0] == SAME
    assert (await access(operator, "apply"))[0] == SAME
    await reads(foshan, own)
    await check_timestamps(bus, BY_NAME)


async def test_a_password_is_renewed_when_told(own_cluster: Servers, tmp_path: Path) -> None:
    (tmp_path / "bureau.foshan").write_text("a new one, with more words in it\n")
    operator = {**own_cluster.environment, "MAILBOX_ACCESS_PASSWORDS_DIR": str(tmp_path)}
    foshan = Principal(own_cluster, "bureau:foshan")
    assert (await access(operator, "apply"))[0] == SAME
    assert await foshan.enters()
    code, printed = await access(operator, "apply", "--renew", "bureau.foshan")
    assert (code, "more words" in printed) == (SAME, False)
    assert not await foshan.enters()
    foshan.client["sasl_plain_password"] = "a new one, with more words in it"
    assert await foshan.enters()
    assert (await access(own_cluster.environment, "apply", "--renew", "bureau.foshan"))[0] == SAME
    assert await Principal(own_cluster, "bureau:foshan").enters()
    code, printed = await access(operator, "apply", "--renew", "bureau.shantou")
    assert "no password was given for bureau.shantou" in printed
    assert (await access(operator, "apply", "--renew", "bureau.atlantis"))[0] == NOT_DONE


async def test_it_does_not_mend_what_would_lose_records(own_cluster: Servers) -> None:
    operator = own_cluster.environment
    await _made_anew(own_cluster, NewTopic("letters.resends", 2, 1))
    code, printed = await access(operator, "show")
    assert (code, "! topic letters.resends has 2 partitions, not 6" in printed) == (DIFFERENT, True)
    code, printed = await access(operator, "apply")
    assert (code, "other partitions" in printed) == (NOT_DONE, True)
    await _made_anew(own_cluster, NewTopic("letters.resends", 6, 1))
    assert (await access(operator, "apply"))[0] == SAME


async def test_it_says_in_a_sentence_why_it_could_not(own_cluster: Servers) -> None:
    operator = {**own_cluster.environment, "MAILBOX_KAFKA_PASSWORD": "a-guess"}
    code, printed = await access(operator, "show")
    assert code == NOT_DONE
    assert printed.startswith("access: not reached")
    assert "a-guess" not in printed
    nobody = {**own_cluster.environment, **Principal(own_cluster, "bureau:foshan").environment}
    code, printed = await access(nobody, "show")
    assert (code, printed.startswith("access: refused")) == (NOT_DONE, True)


async def _made_anew(cluster: Servers, topic: NewTopic) -> None:
    """Delete a topic, and recreate it with other settings."""
    admin = AIOKafkaAdminClient(**Principal(cluster, ADMIN).client)
    await admin.start()
    try:
        await admin.delete_topics([topic.name])
        await asyncio.sleep(1)
        await admin.create_topics([topic])
    finally:
        await admin.close()


def _allow(settings: KafkaSettings, binding: Binding) -> None:
    with reached(settings) as cluster:
        cluster.allow([binding])


def _change(settings: KafkaSettings, right: Binding) -> None:
    """Loosen a quota, set topics so that one keeps less and one is dated by its writer, and last
    take a right away: whoever sees that sees all.
    """
    with reached(settings) as cluster:
        _loosen(cluster, right)
        cluster.take_away([right])


def _loosen(cluster: AdministeredCluster, right: Binding) -> None:
    cluster.limit({right.user: {"producer_byte_rate": 9e9}})
    cluster.tell(
        {
            right.name: {"retention.ms": "1000000", "retention.bytes": "1000"},
            ACTIONS: {"message.timestamp.type": "CreateTime"},
        }
    )
