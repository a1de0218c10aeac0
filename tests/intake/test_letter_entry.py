"""How a letter came in is proven by its client, and never by what the letter says alone."""

from typing import Any

import pytest

from services.intake.api.letter_entry import EntryNotRegistered, entry_of
from services.intake.api.letters_schemas import NewLetter
from shared.contracts import topics
from shared.platform.runtime import data_files
from tests.intake.faces import token
from tests.intake.front import CITIZEN, Front, body

FRONTENDS = data_files.frontends()


def letter(**over: Any) -> NewLetter:
    """A short letter."""
    return NewLetter.model_validate({"subject": "路牌", "body": "坏", "category": "inquiry"} | over)


@pytest.mark.parametrize(
    ("client", "over", "entry"),
    [
        ("province-website", {}, "website-directory"),
        ("province-website", {"entry": "website-bay"}, "website-bay"),
        ("province-website", {"channel": "web"}, "website-directory"),
        ("wechat-account", {}, "wechat"),
        ("wechat-account", {"channel": "wechat", "entry": "wechat"}, "wechat"),
        ("development", {"channel": "weibo"}, "weibo"),
        ("guangzhou-website", {}, "city-website"),
        (None, {}, None),
        ("unknown", {"channel": "web"}, None),
    ],
)
def test_the_client_decides(client: str | None, over: Any, entry: str | None) -> None:
    assert entry_of(letter(**over), client, frontends=FRONTENDS).entry == entry


@pytest.mark.parametrize(
    ("client", "over"),
    [
        ("province-website", {"channel": "wechat"}),
        ("province-website", {"entry": "city-website"}),
        ("wechat-account", {"channel": "web"}),
        ("development", {"channel": "wechat", "entry": "weibo"}),
        ("development", {"entry": "counter"}),
        ("unknown", {"entry": "website-bay"}),
        (None, {"channel": "wechat"}),
        (None, {"entry": "hotline"}),
    ],
)
def test_nobody_claims_what_is_not_theirs(client: str | None, over: Any) -> None:
    with pytest.raises(EntryNotRegistered):
        entry_of(letter(**over), client, frontends=FRONTENDS)


async def sent(desk: Front, client: Any, **over: Any) -> Any:
    """Send a letter with a token for that client."""
    claims = {**CITIZEN, **({"azp": client} if client else {})}
    given = token("chen", at=desk.shelf.now(), **claims)
    content = body(channel=..., addressed_to=..., **over)
    return await desk.post("/v1/letters", content, who=None, authorization=f"Bearer {given}")


async def test_the_event_says_where_it_came_in_and_to_whom_a_city_site_writes(desk: Front) -> None:
    assert (await sent(desk, "guangzhou-website")).status_code == 201
    (said,) = desk.shelf.said(topics.SUBMITTED.name)
    assert (said.data.entry, said.data.channel) == ("city-website", "web")
    assert said.data.addressed_to == "guangzhou"


async def test_a_client_that_nobody_registered_may_send_letters_without_an_entry(
    desk: Front,
) -> None:
    assert (await sent(desk, None)).status_code == 201
    (said,) = desk.shelf.said(topics.SUBMITTED.name)
    assert (said.data.entry, said.data.channel) == (None, "web")


async def test_a_foreign_entry_is_refused_by_a_code_and_kept_nowhere(desk: Front) -> None:
    answer = await sent(desk, "guangzhou-website", entry="wechat")
    assert (answer.status_code, answer.json()["code"]) == (422, "entry_not_registered")
    assert desk.shelf.said(topics.SUBMITTED.name) == []


@pytest.mark.parametrize("client", [7, ["a"], "x" * 301])
async def test_a_claim_of_another_kind_is_no_sign_in(desk: Front, client: Any) -> None:
    assert (await sent(desk, client)).status_code == 401


async def test_letters_submitted_before_entries_existed_have_the_same_digest() -> None:
    assert '"entry"' not in letter().digest_of()
    assert '"entry"' in letter(entry="wechat").digest_of()
