"""Apache Kafka for all tests here, with the contract's users, rights and topics."""

from collections.abc import Iterator

import pytest

from tests.support.stack import Servers, running_servers

ON_KAFKA = {"MAILBOX_ENGINES": "kafka"}


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """One broker for all tests of a run."""
    with running_servers(tmp_path_factory.mktemp("cluster"), environment=ON_KAFKA) as running:
        yield running
