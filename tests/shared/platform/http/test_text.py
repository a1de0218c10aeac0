"""People may type what people read, and nothing that hides or misleads."""

import json
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.text import Text
from tests.shared.platform.faces import (
    Client,
    is_problem,
    post,
)


@pytest.mark.parametrize(
    "subject",
    [
        "\ud800",
        "a\udfffb",
        "a\0b",
        "a\x1bb",
        "a\rb",
        "a\x7fb",
        "a\x85b",
        *(f"a{mark}b" for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
        *(f"a{mark}b" for mark in "\u200e\u200f\u061c"),
        " \t\n",
        "\u3000\u00a0",
        "\u200b\u2060",
        "\u3164\u2800",
        "Z" + "\u0301" * 9,
        "Z" + "\u0301\u20dd" * 5,
        "",
        "x" * 21,
        7,
        None,
        ["x"],
    ],
)
async def test_text_that_may_not_be_is_refused(face: Client, subject: Any) -> None:
    answer = await post(face, json.dumps({"subject": subject, "body": "x"}))
    is_problem(answer, "422 invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["subject"]


@pytest.mark.parametrize(
    "text",
    ["陈", "👮🏽\u200d♀️", "a\nb\tc", "ZWNJ\u200c", "é", "ﷺ", "𠮷", "x" * 20, "·",
     "Z" + "\u0301" * 8, "ཧཱུྂ", "กำ้"],
)  # fmt: skip
def test_text_that_people_write_is_let_in(text: str) -> None:
    assert TypeAdapter(Annotated[str, Text(1, 20)]).validate_python(text) == text


def test_an_empty_text_may_be_allowed_but_a_blank_one_never() -> None:
    optional = TypeAdapter(Annotated[str, Text(0, 20)])
    assert optional.validate_python("") == ""
    with pytest.raises(ValidationError, match="shows nothing"):
        optional.validate_python(" ")
    with pytest.raises(TypeError):
        TypeAdapter(Annotated[int, Text(0, 20)])
