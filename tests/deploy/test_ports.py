"""Ports are read from the environment, and invalid or taken ones are reported."""

import os
import socket
import sys

import pytest

from deploy.local.stack.ports import (
    LOOPBACK,
    NAMES,
    BadPorts,
    Holder,
    Ports,
    Taken,
    free_ports,
    holder_of,
    is_free,
    ports_from,
    taken,
)


def test_without_settings_every_port_has_its_default() -> None:
    assert ports_from({}) == Ports()


def test_a_setting_replaces_one_default_and_an_empty_one_does_not() -> None:
    ports = ports_from({"MAILBOX_INTAKE_PORT": " 9001 ", "MAILBOX_ROUTER_PORT": ""})
    assert (ports.intake, ports.router) == (9001, Ports().router)


@pytest.mark.parametrize("text", ["80a", "-1", "1023", "65536", "１２３４", "0x1f90", "8081.0"])
def test_what_is_no_port_is_refused_by_the_name_of_its_variable(text: str) -> None:
    with pytest.raises(BadPorts, match=r"MAILBOX_KAFKA_PORT .* from 1024 to 65535\."):
        ports_from({"MAILBOX_KAFKA_PORT": text})


def test_two_children_can_not_share_a_port() -> None:
    with pytest.raises(BadPorts, match="MAILBOX_KAFKA_PORT and MAILBOX_INTAKE_PORT are both 8081"):
        ports_from({"MAILBOX_KAFKA_PORT": "8081"})


def test_free_ports_are_free_and_all_different() -> None:
    numbers = free_ports().named()
    assert set(numbers) == set(NAMES)
    assert len(set(numbers.values())) == len(NAMES)
    assert all(is_free(port) for port in numbers.values())


def test_a_taken_port_is_named_with_who_holds_it() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        [found] = taken(Ports(gateway=port, intake=free_ports().intake), ["gateway", "intake"])
    assert (found.name, found.port) == ("gateway", port)
    if sys.platform == "linux":
        assert found.holder is not None
        assert found.holder.pid == os.getpid()


def test_a_taken_port_reads_as_a_sentence_also_when_its_holder_is_unknown() -> None:
    assert str(Taken("intake", 8081, None)) == "port 8081 (intake, MAILBOX_INTAKE_PORT) is taken"
    assert str(Taken("intake", 8081, Holder(7, "nc -l"))).endswith("is taken by pid 7 (nc -l)")


def test_nobody_holds_a_free_port() -> None:
    assert holder_of(free_ports().mongo) is None
