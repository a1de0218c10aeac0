"""Different spellings of a text are normalised to one, character by character."""

import sys
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.platform.runtime.data_files import FOLDER
from shared.platform.runtime.data_reading import parsed
from shared.rules.tables import table
from shared.rules.text import cues
from shared.rules.text.normalise import SIMPLIFIED, normal

TABLES = ["traditional", "lines", "cities", "triage_cards"] + [
    f"triage_cues/{name}" for name in cues.TABLES
]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("請馬上派人，後門開緊", "请马上派人，后门开紧"),
        ("困喺電梯，冇人應", "困喺电梯，冇人应"),
        ("衞生間裏邊", "卫生间里边"),
        ("HELP　Me！１１０", "help me!110"),
        ("Straße ½", "straße ½"),
        ("", ""),
    ],
)
def test_one_text_is_read_however_it_is_spelt(written: str, read: str) -> None:
    assert normal(written) == read.replace("，", ",")


@given(st.text())
def test_each_character_keeps_its_place_and_a_second_reading_changes_nothing(text: str) -> None:
    assert len(normal(text)) == len(text)
    assert normal(normal(text)) == normal(text)


def test_every_character_has_the_form_that_unicode_and_the_table_give_it() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert normal(every) == "".join(map(_form, every))


def _form(char: str) -> str:
    folded = normalize("NFKC", char).casefold()
    return SIMPLIFIED.get(folded, folded) if len(folded) == 1 else char


def test_no_simplified_character_is_itself_a_traditional_one() -> None:
    assert not set(SIMPLIFIED.values()) & set(SIMPLIFIED)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_nothing_twice(name: str) -> None:
    assert plain.a_map(parsed(FOLDER / f"{name}.yaml"), name).keys() == table(name).keys()


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(BadData, match=r"^nowhere\.yaml: cannot be read"):
        table("nowhere")
