"""A holder's newest valid key is used for sealing, and an unusable one never is."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from shared.contracts.keys_v1 import HOLDERS, HolderKey
from shared.contracts.words import Note
from shared.platform.crypto.weak_keys import is_known_to_all
from shared.sealing.envelopes import Address, Sealer
from shared.sealing.key_directory import KeyDirectory, NoKey, anchor
from tests.shared.sealing.envelopes import KEYS
from tests.support.doubles import START, Clock
from tests.support.keyring import GZ, HOUR, holder_key

OLD, NEW = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
FIRST = holder_key(GZ, OLD)
SECOND = holder_key(f"{GZ}.2", NEW, valid_from=START + HOUR)

TO_GZ = Address(GZ, "GD-TEST", "gd.mailbox.letter.assigned.v1", 1)


def reason(book: KeyDirectory, at: int = 0) -> str:
    """Why nothing can be sealed for the bureau that many hours later."""
    with pytest.raises(NoKey) as none:
        book.newest(GZ, START + at * HOUR)
    assert none.value.reader == GZ
    assert book.lack(GZ, START + at * HOUR) == none.value.reason
    return none.value.reason


def test_who_never_had_a_key_has_none_and_who_lost_them_has_bad_ones() -> None:
    book = KeyDirectory()
    assert reason(book) == "no_key"
    assert book.take(GZ, [FIRST.model_copy(update={"retired": START + HOUR})], sequence=1)
    assert book.newest(GZ, START)[0] == GZ
    assert reason(book, 1) == "bad_key"
    assert reason(KeyDirectory({GZ: (SECOND,)})) == "bad_key"
    assert book.lacking(START + HOUR)[GZ] == "bad_key"
    assert book.lacking(START + HOUR).keys() == set(HOLDERS)


def test_a_new_key_takes_over_at_its_hour() -> None:
    clock = Clock()
    sealer = Sealer(KeyDirectory({GZ: (FIRST, SECOND)}), now=clock)
    assert sealer.kid_of(GZ) == GZ
    clock.pass_by(hours=1)
    assert sealer.kid_of(GZ) == f"{GZ}.2"
    assert sealer.lack(GZ) is None


def test_an_event_that_names_a_key_is_sealed_for_that_one() -> None:
    sealer = Sealer(KeyDirectory({GZ: (FIRST, SECOND)}), now=Clock(START + HOUR))
    envelope = sealer.seal(Note(text="好"), TO_GZ, kid=GZ)
    assert envelope != sealer.seal(Note(text="好"), TO_GZ)
    with pytest.raises(NoKey):
        sealer.seal(Note(text="好"), TO_GZ, kid=f"{GZ}.3")
    with pytest.raises(NoKey):
        sealer.seal(Note(text="好"), Address("router", "GD-TEST", "t"), kid=GZ)


@given(st.permutations(range(1, 6)), st.sampled_from(range(5)))
def test_the_highest_sequence_counts_in_whatever_order_it_comes(
    order: list[int], again: int
) -> None:
    book = KeyDirectory({GZ: (FIRST,)})
    events = {number: [numbered(number)] for number in order}
    for number in [*order, order[again]]:
        news = number > book.sequence(GZ)
        assert book.take(GZ, events[number], sequence=number) is news
    assert book.newest(GZ, START)[0] == f"{GZ}.5"
    assert book.sequence(GZ) == 5


def numbered(number: int) -> HolderKey:
    """The key in the event with that number."""
    return holder_key(f"{GZ}.{number}", OLD)


def test_what_anchors_a_book_ends_with_the_first_event() -> None:
    book = KeyDirectory({GZ: (FIRST,)})
    assert book.take(GZ, [SECOND], sequence=1)
    assert reason(book) == "bad_key"
    assert book.keys_of(GZ) == (SECOND,)


@pytest.mark.parametrize(
    "broken",
    [
        SECOND.model_copy(update={"kid": "router"}),
        SECOND.model_copy(update={"kid": "bureau:foshan"}),
        SECOND.model_copy(update={"fingerprint": FIRST.fingerprint}),
        SECOND.model_copy(update={"jwk": FIRST.jwk.model_copy(update={"y": FIRST.jwk.x})}),
    ],
    ids=["a service's", "another's", "not confirmed", "off the curve"],
)
def test_a_key_that_cannot_be_right_is_never_sealed_for(
    broken: HolderKey, caplog: pytest.LogCaptureFixture
) -> None:
    book = KeyDirectory()
    with caplog.at_level(logging.ERROR):
        book.take(GZ, [FIRST, broken], sequence=1)
    assert book.newest(GZ, START + 2 * HOUR)[0] == GZ
    assert [record.message for record in caplog.records] == ["public key can't be used"]
    book.take(GZ, [broken], sequence=2)
    assert reason(book, 2) == "bad_key"


def test_a_book_shows_no_key() -> None:
    assert repr(KeyDirectory({GZ: (FIRST,)})) == "KeyDirectory(1 holders)"


def test_a_private_part_in_the_file_goes_no_further() -> None:
    found = anchor("router", KEYS["router"].as_dict(private=True))
    assert str(KEYS["router"].as_dict(private=True)["d"]) not in found.model_dump_json()


# --- keys that everybody could have made ---------------------------------------------------------


def test_keys_of_small_numbers_are_known_to_all_and_ordinary_ones_not() -> None:
    generator = "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY"
    assert is_known_to_all(generator)
    assert not any(is_known_to_all(key.jwk.x) for key in (FIRST, SECOND))
