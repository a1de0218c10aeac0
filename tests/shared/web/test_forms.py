"""A form that no page of ours sends is refused; one with mistakes gets a message per field."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from services.router.api.decisions_schemas import Complained, ExtensionDecision
from services.router.api.handling_schemas import MoreTime, NewReply, Refusal
from shared.contracts.fields import Day
from shared.contracts.text import Text
from shared.kernel.errors import BadValue, NotAllowed
from shared.web.forms import MOST_FIELDS, FormFields, fields_of, read_form
from shared.web.language import words_of
from tests.support.budget import budget

ROW = ("due_on", "text")
SENT = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


def posted(body: bytes, *, csrf: str | None = None, **headers: str) -> Request:
    """A form as it arrives, in a session with that token."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    given_headers = SENT | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/form",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given_headers.items()],
        "state": {} if csrf is None else {"session": SimpleNamespace(csrf=csrf)},
    }
    return Request(scope, receive)


async def test_fields_keep_their_order_and_their_lines() -> None:
    fields = await fields_of(posted(b"to=a&text=one%0D%0Atwo%0Dthree&to=b&empty="))
    assert list(fields) == ["to", "text", "empty"]
    assert fields.all("to") == ("a", "b")
    assert fields.get("text") == "one\ntwo\nthree"
    assert (fields.get("empty"), fields.get("none"), fields.all("none")) == ("", "", ())
    assert "secret" not in repr(FormFields.of(text="secret"))


@pytest.mark.parametrize(
    "body",
    [
        b"a",
        b"a=%FF",
        b"a=%00",
        b"a%00=b",
        "a=好".encode(),
        b"&".join(b"a=1" for _ in range(MOST_FIELDS + 1)),
        b"a" * 81 + b"=1",
        b"a=%C3%28",
        b"a=%ED%A0%80",
    ],
)
async def test_a_form_that_no_page_sends_is_refused(body: bytes) -> None:
    with pytest.raises(BadValue, match="form"):
        await fields_of(posted(body))


@pytest.mark.parametrize("origin", ["cross-site", "same-site", "none"])
async def test_a_form_of_another_site_is_refused(origin: str) -> None:
    with pytest.raises(NotAllowed):
        await fields_of(posted(b"a=1&csrf=t", csrf="t", sec_fetch_site=origin))


@pytest.mark.parametrize(
    "body", [b"", b"a=1", b"csrf=", b"csrf=other", b"csrf=tok&csrf=token", b"csrf=%E5%A5%BD"]
)
async def test_a_form_without_the_sessions_token_is_refused(body: bytes) -> None:
    with pytest.raises(NotAllowed):
        await fields_of(posted(body, csrf="token"))


async def test_a_form_with_the_sessions_token_is_taken() -> None:
    assert (await fields_of(posted(b"csrf=token&a=1", csrf="token"))).get("a") == "1"


class Inner(BaseModel):
    """A model within."""

    city: Literal["foshan", "zhuhai"]
    detail: str | None = None


class Row(BaseModel):
    """A row of several."""

    due_on: Day
    text: Annotated[str, Text(1, 10)]


class Outer(BaseModel):
    """A request body with all that forms must read."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Text(1, 10)]
    place: Inner | None = None
    to: tuple[Literal["a", "b"], ...] = ()
    rows: Annotated[tuple[Row, ...], Field(max_length=2)] = ()
    agreed: Annotated[bool, Field(strict=True)] = False
    days: Annotated[int, Field(strict=True, ge=1, le=9)] | None = None
    on: date | None = None
    other: str | None = Field(default=None, alias="with")


def form(**fields: str | tuple[str, ...]) -> FormFields:
    """Fields by name; two underscores stand for a dot."""
    return FormFields.of(**{name.replace("__", "."): value for name, value in fields.items()})


def test_a_form_is_read_into_the_models_of_the_api() -> None:
    made, errors = read_form(
        Outer,
        form(
            text="好",
            place__city="foshan",
            place__detail=" ",
            to=("a", "b"),
            rows__0__text="",
            rows__3__text="行",
            rows__3__due_on="2026-12-30",
            agreed="yes",
            days="3",
            on="2026-12-31",
            csrf="ignored",
            **{"with": "GD-1"},
        ),
    )
    assert errors == {}
    assert made == Outer(
        text="好",
        place=Inner(city="foshan"),
        to=("a", "b"),
        rows=(Row(due_on=date(2026, 12, 30), text="行"),),
        agreed=True,
        days=3,
        on=date(2026, 12, 31),
        **{"with": "GD-1"},
    )


@pytest.mark.parametrize(
    ("fields", "field", "zh"),
    [
        ({"text": ""}, "text", "请填写"),
        ({"text": "  "}, "text", "请填写"),
        ({"text": "a" * 11}, "text", "内容过长，请缩减到 10 字以内"),
        ({"text": "a\u202eb"}, "text", "请删去无法显示的字符"),
        ({"text": ("a", "b")}, "text", "只能填写一项"),
        ({"text": "a", "place__city": "paris"}, "place.city", "请选择一项"),
        ({"text": "a", "place__detail": "x"}, "place.city", "请填写"),
        ({"text": "a", "to": ("a", "c")}, "to", "请选择一项"),
        ({"text": "a", "agreed": "perhaps"}, "agreed", "请选择是或否"),
        ({"text": "a", "days": "many"}, "days", "请填写整数"),
        ({"text": "a", "days": "10"}, "days", "数值不能大于 9"),
        ({"text": "a", "on": "tomorrow"}, "on", "请填写日期，例如 2026-12-31"),
        ({"text": "a", "on": "2026-02-30"}, "on", "请填写日期，例如 2026-12-31"),
        ({"text": "a", "rows__4__due_on": "2026-12-30"}, "rows.4.text", "请填写"),
        ({"text": "a", "rows__1__text": "x"}, "rows.1.due_on", "请填写"),
        (
            {"text": "a"} | {f"rows__{n}__{k}": "2026-12-30" for n in "123" for k in ROW},
            "rows.0.due_on",
            "选择的项目过多",
        ),
    ],
)
def test_each_mistake_has_a_message_at_its_field(
    fields: dict[str, str | tuple[str, ...]], field: str, zh: str
) -> None:
    made, errors = read_form(Outer, form(**fields))
    assert made is None
    assert list(errors) == [field]
    assert words_of("zh-CN").said(errors[field]) == zh


@pytest.mark.parametrize("model", [NewReply, Refusal, MoreTime, ExtensionDecision, Complained])
def test_models_of_the_api_are_read_from_forms(model: type[BaseModel]) -> None:
    made, errors = read_form(model, FormFields())
    assert made is not None or errors
    assert all(str(words_of("zh-CN").said(text)) != text for text in errors.values())


@given(st.binary(max_size=300))
@settings(max_examples=budget(200))
async def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        fields = await fields_of(posted(body))
    except BadValue:
        return
    read_form(Outer, fields)


@given(st.dictionaries(st.sampled_from(["text", "place.city", "to", "on", "days"]), st.text()))
@settings(max_examples=budget(200))
async def test_whatever_is_typed_comes_through(given_fields: dict[str, str]) -> None:
    typed = {k: v for k, v in given_fields.items() if "\0" not in v and v.isprintable()}
    fields = await fields_of(posted(urlencode(typed).encode()))
    assert {name: fields.get(name) for name in fields} == typed
    read_form(Outer, fields)
