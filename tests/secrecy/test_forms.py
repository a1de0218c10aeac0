"""Whatever encoding or cut a text goes through, a piece of it is found."""

import base64
import binascii
import hashlib
import html
import json
from collections.abc import Callable
from functools import cache
from urllib.parse import quote, quote_plus, urlencode

import bson
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.secrecy.forms import LEAST_BITS, TooShort, bits, digests, needles, pieces, variants
from tests.secrecy.search import Place, Searcher, Secret
from tests.secrecy.seeds import secrets

HAN, LATIN = "琥珀鹦鹉衔走七盏铜灯", "gravelly herons pawned lanterns"
NAME, PHONE, ID_NUMBER = "郗墨筠", "15473062918", "44029919870421218X"
ALL = (HAN, LATIN, NAME, PHONE, ID_NUMBER, "粤I·D73Q9K", "mo.velquarrith@bruntelow.invalid")
AROUND = st.binary(max_size=9)

Packing = Callable[[str], bytes]

DISGUISES: dict[str, Packing] = {
    "utf-8": str.encode,
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "gb18030": lambda text: text.encode("gb18030"),
    "json": lambda text: json.dumps({"a": text}).encode(),
    "json in json": lambda text: json.dumps(json.dumps(text)).encode(),
    "json, plain": lambda text: orjson.dumps({"a": text}),
    "repr": lambda text: ascii(text).encode(),
    "repr of bytes": lambda text: repr(text.encode()).encode(),
    "address": lambda text: quote(text).encode(),
    "form": lambda text: urlencode({"a": text}).encode(),
    "address in an address": lambda text: quote_plus(text).encode(),
    "small address": lambda text: quote(text).lower().encode(),
    "page": lambda text: html.escape(text).encode(),
    "ascii page": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    "hex page": lambda text: "".join(f"&#x{ord(one):X};" for one in text).encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX of utf-16": lambda text: binascii.hexlify(text.encode("utf-16-le")).upper(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 of utf-16": lambda text: base64.b64encode(text.encode("utf-16-be")),
    "token": lambda text: base64.urlsafe_b64encode(json.dumps({"name": text}).encode()),
    "token, plain": lambda text: base64.urlsafe_b64encode(orjson.dumps({"name": text})),
    "document": lambda text: bson.encode({"a": {"b": text}}),
    "octets in a document": lambda text: bson.encode({"a": text.encode("utf-16-le")}),
    "upper case": lambda text: text.upper().encode(),
    "lower case": lambda text: text.lower().encode(),
    "full width": lambda text: "".join(map(widened, text)).encode(),
    "full width, escaped": lambda text: json.dumps("".join(map(widened, text))).encode(),
    "a line of a log": lambda text: f'{{"msg": "failed", "what": "KeyError(\'{text}\')"}}'.encode(),
}


def widened(character: str) -> str:
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character


@cache
def searcher(text: str, *, is_guessable: bool = False) -> Searcher:
    return Searcher([Secret("it", "seed", text, is_guessable=is_guessable)])


def found(text: str, octets: bytes, **more: bool) -> set[str]:
    here = Place("file", "here")
    return {find.form for find in searcher(text, **more).search([(here, octets)])}


@pytest.mark.parametrize("text", ALL)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_text_is_found_in_every_disguise(text: str, disguise: str) -> None:
    assert found(text, DISGUISES[disguise](text))


@pytest.mark.parametrize("text", ALL)
@given(before=AROUND, after=AROUND)
def test_it_is_found_wherever_in_something_longer_it_stands(
    text: str, before: bytes, after: bytes
) -> None:
    whole = before + text.encode() + after
    for packed in (whole, base64.b64encode(whole), base64.urlsafe_b64encode(whole)):
        assert found(text, packed), (before, after)


@given(start=st.integers(0, len(HAN) - 6), before=AROUND, after=AROUND)
def test_six_characters_in_a_row_are_enough(start: int, before: bytes, after: bytes) -> None:
    whole = before + HAN[start : start + 6].encode() + after
    assert found(HAN, whole)
    assert found(HAN, base64.b64encode(whole))


@given(start=st.integers(0, len(LATIN) - 14), before=AROUND, after=AROUND)
def test_fourteen_letters_in_a_row_are_enough(start: int, before: bytes, after: bytes) -> None:
    assert found(LATIN, before + LATIN[start : start + 14].upper().encode() + after)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (PHONE, "+86-15473062918"),
        (PHONE, "0086 154 7306 2918"),
        (PHONE, "154-7306-2918"),
        (PHONE, "***73062918"),
        (PHONE, "1547306291?"),
        (ID_NUMBER, "440299 19870421 218x"),
        (ID_NUMBER, "…2991987042…"),
    ],
)
def test_a_number_is_found_as_people_write_it(number: str, said: str) -> None:
    assert found(number, said.encode())


@pytest.mark.parametrize("said", ["154****2918", "154", "2918", "7306291", ""])
def test_what_is_left_of_a_hidden_number_is_no_secret(said: str) -> None:
    assert not found(PHONE, said.encode())


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256"])
def test_a_hash_without_a_key_of_something_guessable_is_found(name: str) -> None:
    digest = hashlib.new(name, PHONE.encode(), usedforsecurity=False)
    for shown in (digest.digest(), digest.hexdigest().encode(), digest.hexdigest()[:20].encode()):
        assert found(PHONE, b"id=" + shown, is_guessable=True) == {
            form for form in digests(PHONE).values() if form in shown_as(name, shown)
        }
        assert not found(PHONE, b"id=" + shown)


def shown_as(name: str, shown: bytes) -> set[str]:
    return {name} if not shown.isalnum() else {f"{name} hex"}


@pytest.mark.parametrize("text", ["", "1", "陈", "李四", "7306291", "chen", "abc12"])
def test_what_chance_would_find_is_refused(text: str) -> None:
    with pytest.raises(TooShort) as refused:
        needles(text)
    assert str(refused.value) == f"{len(text)} characters"


def test_no_seed_of_the_story_is_met_by_chance_or_taken_for_another() -> None:
    owners: dict[bytes, str] = {}
    for secret in secrets():
        for variant in variants(secret.text):
            assert all(bits(piece) >= LEAST_BITS for piece in pieces(variant))
        for octets in needles(secret.text):
            assert owners.setdefault(octets, secret.name) == secret.name
            assert len(octets) >= 6
