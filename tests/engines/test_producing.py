"""On the real broker a service whose sequence numbers no longer fit recovers by itself."""

from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import OutOfOrderSequenceNumber

from clients.bureau._kafka.connection import Connection
from shared.contracts.envelope import KafkaRecord
from shared.contracts.topics import SUBMITTED, actions_of
from shared.platform.kafka.bus import Bus
from shared.platform.kafka.producer import Outbound, Producer
from tests.engines.principals import Principal
from tests.support.reaching import kafka_of
from tests.support.stack import Servers

pytestmark = [pytest.mark.engines, pytest.mark.real, pytest.mark.timeout(300)]

RECORD = Outbound(SUBMITTED.name, b"GD-PRODUCING", b"", ())


async def test_a_hole_in_the_numbers_is_one_refusal_and_no_more(cluster: Servers) -> None:
    made: list[AIOKafkaProducer] = []

    def make(**options: Any) -> AIOKafkaProducer:
        made.append(AIOKafkaProducer(**options))
        return made[-1]

    options = {**Principal(cluster, "intake").client, "acks": "all", "enable_idempotence": True}
    producing = Producer(options, make=make)
    await producing.start()
    try:
        assert await producing.send([RECORD]) == [None]
        place = Bus.place_of(RECORD.topic, RECORD.key)
        made[0]._txn_manager.increment_sequence_number(place, 7)
        (told,) = await producing.send([RECORD])
        assert isinstance(told, OutOfOrderSequenceNumber)
        assert await producing.send([RECORD]) == [None]
        former, present = (one._txn_manager.producer_id for one in made)
        assert former != present
    finally:
        await producing.stop()


async def test_a_bureau_does_not_notice_a_hole_in_its_numbers(cluster: Servers) -> None:
    foshan = kafka_of(Principal(cluster, "bureau:foshan").environment)
    assert foshan.kafka_password is not None
    connection = Connection(
        foshan.kafka_bootstrap,
        security=foshan.kafka_security,
        username=foshan.kafka_username,
        password=foshan.kafka_password.get_secret_value(),
        ca_file=foshan.kafka_ca_file,
    )
    record = KafkaRecord(b"GD-PRODUCING", b"", [])
    topic = actions_of("foshan").name
    async with connection.sending() as sending:
        await sending.send(topic, record)
        former = sending._producer
        former._txn_manager.increment_sequence_number(Bus.place_of(topic, record[0]), 7)
        await sending.send(topic, record)
        await sending.send(topic, record)
        assert sending._producer is not former
