"""Connection of a test to a stack's broker: as the stack's operator, with any engine."""

import os
from collections.abc import Mapping

from deploy.local.kafka.passwords import ADMIN
from deploy.local.stack.engines import engines_of
from deploy.local.stack.paths import StackPaths
from deploy.local.stack.plan import settings
from deploy.local.stack.ports import Ports
from shared.platform.kafka.bus import Bus
from shared.platform.kafka.kafka_options import consumer_options, kafka_options, producer_options
from shared.platform.runtime.settings import KafkaSettings, kafka_values


def kafka_of(environment: Mapping[str, str], **more: object) -> KafkaSettings:
    """Kafka settings from a process's environment variables; `more`: other fields."""
    return KafkaSettings.model_validate({**kafka_values(environment), **more})


def bus_of(environment: Mapping[str, str]) -> Bus:
    """A bus that isn't started yet."""
    settings = kafka_of(environment)
    return Bus(
        kafka_options(settings),
        producer=producer_options(settings),
        consumer=consumer_options(settings),
    )


def operator_of(place: StackPaths, ports: Ports) -> dict[str, str]:
    """The environment of the operator of a stack that will run there, with any engine."""
    place.local.mkdir(parents=True, exist_ok=True)
    engines = engines_of(place, ports, environment=os.environ)
    engines.prepare()
    return settings(place, ports, engines=engines) | dict(engines.own(ADMIN))
