"""The wanted cluster: the contract's rights in Kafka's terms, and no others."""

from hypothesis import given
from hypothesis import strategies as st

from shared.access.wanted import Binding, concerns_us, wanted
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import (
    ALL,
    BY_NAME,
    KEYS,
    SCALER,
    actions_of,
    letters_of,
    principals,
    user_of,
)
from shared.contracts.vocabulary import SERVICES

WANTED = wanted({})
FOSHAN = "bureau.foshan"


def of(user: str) -> set[tuple[str, str, str, bool]]:
    return {
        (one.operation, one.resource, one.name, one.is_prefix)
        for one in WANTED.bindings
        if one.user == user
    }


def test_a_bureau_has_four_rights_and_no_more() -> None:
    assert of(FOSHAN) == {
        ("READ", "topic", letters_of("foshan").name, False),
        ("WRITE", "topic", actions_of("foshan").name, False),
        ("READ", "topic", KEYS.name, False),
        ("READ", "group", "bureau.foshan.", True),
    }


def test_a_service_has_one_group_by_its_whole_name() -> None:
    for service in SERVICES:
        groups = {right for right in of(service) if right[1] == "group"}
        assert groups == {("READ", "group", service, False)}


def test_the_autoscaler_describes_and_reads_no_record() -> None:
    found = of(SCALER)
    assert {operation for operation, *_ in found} == {"DESCRIBE"}
    assert {name for _, kind, name, _ in found if kind == "group"} == {*SERVICES}
    assert letters_of("foshan").name not in {name for _, _, name, _ in found}


def test_who_reads_what_bureaus_write_may_check_that_the_broker_dates_it() -> None:
    checked = {one.name for one in WANTED.bindings if one.operation == "DESCRIBE_CONFIGS"}
    assert checked == {actions_of(slug).name for slug in BUREAUS}
    assert {one.user for one in WANTED.bindings if one.operation == "DESCRIBE_CONFIGS"} == {
        "router"
    }


def test_rights_to_topics_are_never_by_prefix_and_to_groups_end_in_a_dot() -> None:
    for binding in WANTED.bindings:
        assert not binding.is_denial
        assert (binding.user, binding.host, binding.name) != ("*", "*", "*")
        if binding.resource == "topic":
            assert not binding.is_prefix
        elif binding.is_prefix:
            assert binding.name.endswith(".")


@given(st.sampled_from(BUREAUS), st.text(alphabet="abcdefghijklmnopqrstuvwxyz.", max_size=12))
def test_no_name_that_begins_alike_is_opened(slug: str, more: str) -> None:
    """Whatever another bureau were called: its topics and groups stay shut."""
    other = f"{slug}{more}"
    if other == slug or other.startswith(f"{slug}."):
        return
    for binding in WANTED.bindings:
        if binding.user != f"bureau.{slug}":
            continue
        for name in (f"bureau.{other}.letters", f"bureau.{other}.actions", f"bureau.{other}.group"):
            opens = name.startswith(binding.name) if binding.is_prefix else name == binding.name
            assert not opens


def test_outsiders_have_quotas_and_services_have_none() -> None:
    assert set(WANTED.quotas) == {"public", *(f"bureau.{slug}" for slug in BUREAUS)}
    assert WANTED.quotas[FOSHAN] == {
        "producer_byte_rate": 1_048_576.0,
        "consumer_byte_rate": 8_388_608.0,
        "request_percentage": 50.0,
    }


def test_users_may_be_names_of_objects_in_a_cluster_of_containers() -> None:
    assert WANTED.users == {user_of(principal) for principal in principals()}
    assert all(user.replace(".", "").isalnum() for user in WANTED.users)


def test_every_topic_is_written_and_made_by_somebody() -> None:
    for operation in ("WRITE", "CREATE"):
        named = {one.name for one in WANTED.bindings if one.operation == operation}
        assert named >= {topic.name for topic in ALL}
    assert set(BY_NAME) == {topic.name for topic in ALL}


def test_whatever_opens_something_of_ours_concerns_us() -> None:
    for ours in (
        Binding("stranger", "READ", "topic", "letters.submitted"),
        Binding("stranger", "READ", "topic", "letters.", is_prefix=True),
        Binding("stranger", "READ", "topic", "bureau.foshan.letters.x", is_prefix=True),
        Binding("stranger", "READ", "topic", "*"),
        Binding("stranger", "READ", "group", "bureau.", is_prefix=True),
        Binding("stranger", "READ", "group", "router"),
        Binding("stranger", "READ", "group", "bureau.foshan.mailbox"),
        Binding("bureau.foshan", "ALTER", "cluster", "kafka-cluster"),
        Binding("*", "READ", "topic", "letters.submitted"),
    ):
        assert concerns_us(ours), ours


def test_what_others_do_elsewhere_is_their_affair() -> None:
    for theirs in (
        Binding("billing", "READ", "topic", "invoices"),
        Binding("billing", "READ", "topic", "let"),
        Binding("billing", "READ", "group", "billing.", is_prefix=True),
        Binding("exporter", "DESCRIBE", "cluster", "kafka-cluster"),
    ):
        assert not concerns_us(theirs), theirs
