"""On the real broker every user may do what the contract says, and nothing else.

Tried with the client that services and bureaus use, each with its own password.
"""

import uuid
from datetime import timedelta

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAuthorizationFailedError

from deploy.local.kafka.passwords import ADMIN
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import (
    ALL,
    AUDITOR,
    BY_NAME,
    KEYS,
    PUBLIC,
    RELEASES,
    SCALER,
    actions_of,
    group_prefix,
    is_heard,
    letters_of,
)
from shared.contracts.vocabulary import SERVICES
from shared.platform.app.topic_bootstrap import TIMESTAMP_TYPE
from shared.platform.app.topic_timestamps import check_timestamps
from shared.platform.kafka.acl_check import AclMissing, verify_acl_denies
from shared.platform.runtime.clock import utc_now
from tests.engines.principals import Principal
from tests.support.reaching import bus_of
from tests.support.stack import Servers

pytestmark = [pytest.mark.engines, pytest.mark.real, pytest.mark.timeout(300)]

FOSHAN, GUANGZHOU = "bureau:foshan", "bureau:guangzhou"
TOPIC_AUTHORIZATION_FAILED = 29


@pytest.fixture
def foshan(cluster: Servers) -> Principal:
    return Principal(cluster, FOSHAN)


async def test_a_bureau_reads_its_letters_and_writes_its_actions(foshan: Principal) -> None:
    letters = letters_of("foshan").name
    assert await foshan.may_read(letters)
    assert await foshan.may_join("bureau.foshan.mailbox", letters)
    assert await foshan.may_look_at("bureau.foshan.mailbox")
    assert await foshan.may_write(actions_of("foshan").name)
    assert await foshan.may_read(KEYS.name)


async def test_a_bureau_reaches_nothing_of_another(foshan: Principal) -> None:
    theirs = letters_of("guangzhou").name
    assert not await foshan.may_read(theirs)
    assert not await foshan.may_write(actions_of("guangzhou").name)
    assert not await foshan.may_join("bureau.guangzhou.mailbox", letters_of("foshan").name)
    assert not await foshan.may_look_at("bureau.guangzhou.mailbox")


async def test_a_bureau_speaks_only_where_bureaus_speak(foshan: Principal) -> None:
    own = letters_of("foshan").name
    assert not await foshan.may_write(own)
    assert not await foshan.may_read(actions_of("foshan").name)
    assert not await foshan.may_write(KEYS.name)
    for service in SERVICES:
        assert not await foshan.may_join(group_prefix(service), own)
        assert not await foshan.may_look_at(group_prefix(service))


async def test_a_bureau_is_shown_its_own_topics_alone(foshan: Principal) -> None:
    assert await foshan.sees() == {
        letters_of("foshan").name,
        actions_of("foshan").name,
        KEYS.name,
    }


@pytest.mark.parametrize("group", ["bureau.foshanx.mailbox", "bureau.fo", "bureau", "routers"])
async def test_names_that_begin_alike_open_nothing(foshan: Principal, group: str) -> None:
    assert not await foshan.may_join(group, letters_of("foshan").name)
    assert not await foshan.may_look_at(group)


@pytest.mark.parametrize("principal", [FOSHAN, "router", AUDITOR, PUBLIC])
async def test_nobody_makes_a_topic_by_asking_or_by_writing(
    cluster: Servers, principal: str
) -> None:
    anyone = Principal(cluster, principal)
    admin = AIOKafkaAdminClient(**anyone.client)
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic("bureau.foshan.secret", 1, 1)])
    finally:
        await admin.close()
    assert [code for _, code, *_ in answer.topic_errors] == [TOPIC_AUTHORIZATION_FAILED]
    assert not await anyone.may_write("bureau.foshan.secret")
    operator = bus_of(cluster.environment)
    assert await operator.partitions(["bureau.foshan.secret"]) == {}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_writes_and_reads_what_is_its_own(cluster: Servers, service: str) -> None:
    principal = Principal(cluster, service)
    topics = [BY_NAME[name] for name in _some_topics()]
    names = [topic.name for topic in topics]
    wanted = {topic.name for topic in topics if service in topic.writers}
    assert await principal.may_write(*names) == wanted
    wanted |= {topic.name for topic in topics if service in topic.readers}
    assert await principal.may_read(*names) == wanted
    assert not await principal.may_join("bureau.foshan.mailbox", "letters.resends")
    for other in SERVICES:
        assert await principal.may_look_at(group_prefix(other)) == (service == other)


async def test_the_public_reads_releases_and_sees_nothing_else(cluster: Servers) -> None:
    anyone = Principal(cluster, PUBLIC)
    assert await anyone.sees() == {RELEASES.name}
    assert await anyone.may_join(f"{group_prefix(PUBLIC)}site", RELEASES.name)
    assert not await anyone.may_write(RELEASES.name)


async def test_the_auditor_looks_and_touches_nothing(cluster: Servers) -> None:
    auditor = Principal(cluster, AUDITOR)
    assert await auditor.may_read("letters.progress")
    assert not await auditor.may_read(letters_of("foshan").name)
    assert not await auditor.may_write("letters.progress")
    assert await auditor.may_look_at("router")
    assert not await auditor.may_join("router", "letters.submitted")


async def test_the_autoscaler_sees_how_far_groups_are_and_reads_no_record(
    cluster: Servers,
) -> None:
    scaler = Principal(cluster, SCALER)
    assert await scaler.sees() == {topic.name for topic in ALL if is_heard(topic)}
    assert await scaler.ends("letters.progress")
    assert not await scaler.may_read("letters.progress")
    assert not await scaler.may_write("letters.progress")
    assert await scaler.may_look_at("router")
    assert not await scaler.may_join("router", "letters.submitted")


async def test_a_bureau_cannot_date_its_records(cluster: Servers, foshan: Principal) -> None:
    """The broker sets the timestamps of bureaus' records, and the router can see that it does."""
    topic, key = actions_of("foshan").name, uuid.uuid4().hex.encode()
    before = utc_now() - timedelta(seconds=1)
    producer = AIOKafkaProducer(**foshan.client, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"{}", key=key, timestamp_ms=1_000_000)
    finally:
        await producer.stop()
    router = bus_of(Principal(cluster, "router").environment)
    (came,) = [one for one in await router.read_all(topic, 3) if one.key == key]
    assert not came.is_backdatable
    assert before < came.appended_at < utc_now() + timedelta(seconds=1)
    await check_timestamps(router, BY_NAME)
    with pytest.raises(TopicAuthorizationFailedError):
        await bus_of(foshan.environment).setting(TIMESTAMP_TYPE, [topic])


@pytest.mark.parametrize(
    "change",
    [
        {"sasl_plain_password": "a-guess"},
        {"sasl_plain_username": "bureau.nowhere"},
        {"security_protocol": "SSL"},
        {"security_protocol": "PLAINTEXT"},
        {"security_protocol": "SASL_PLAINTEXT"},
    ],
    ids=str,
)
async def test_without_password_or_encryption_there_is_no_entry(
    foshan: Principal, change: dict[str, str]
) -> None:
    assert await foshan.enters()
    foshan.client |= change
    assert not await foshan.enters()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_proves_that_a_forbidden_read_fails(cluster: Servers, service: str) -> None:
    await verify_acl_denies(Principal(cluster, service).client, service)


async def test_whoever_could_read_everything_is_told_so(cluster: Servers) -> None:
    with pytest.raises(AclMissing, match=r"bureau\.province\.letters"):
        await verify_acl_denies(Principal(cluster, ADMIN).client, "intake")


def _some_topics() -> list[str]:
    """All topics except the bureaus', of which two stand for all."""
    others = {letters_of(slug).name for slug in BUREAUS[2:]}
    others |= {actions_of(slug).name for slug in BUREAUS[2:]}
    return [topic.name for topic in ALL if topic.name not in others]
