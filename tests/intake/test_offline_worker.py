"""The worker for times without a network: light, in the reader's language, and it keeps nothing."""

import gzip
import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from tests.intake.browsing import as_writer, show
from tests.intake.front import Front
from tests.intake.story import NAME
from tests.support.page_outline import PageOutline

WORKER = "/offline.js"


def given(script: str, name: str) -> Any:
    """A constant of the script."""
    found = re.search(rf"^const {name} = (.*);$", script, re.MULTILINE)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize(("lang", "says"), [("zh-CN", "暂时无法连接信箱"), ("en", "No connection")])
async def test_it_says_in_the_readers_language_what_to_do(
    desk: Front, lang: str, says: str
) -> None:
    desk.client.cookies.set("mailbox_lang", lang)
    served = await desk.client.get(WORKER)
    assert served.headers["content-type"].startswith("text/javascript")
    assert served.headers["cache-control"] == "no-store"
    texts = given(served.text, "PAGE")
    outline = PageOutline(texts["html"])
    assert outline.all("html")[0]["lang"] == lang
    assert says in outline.text
    assert {link["href"] for link in outline.all("a")} == {"tel:110", "sms:12110"}
    assert texts["html"].count("<!--act-->") == 1
    assert not re.search("[<&]", "".join(set(texts.values()) - {texts["html"]}))
    assert len(gzip.compress(served.content)) < 3_000


async def test_the_page_runs_nothing_and_is_kept_nowhere(desk: Front) -> None:
    script = (await desk.client.get(WORKER)).text
    [style] = re.findall(r"<style>(.*?)</style>", given(script, "PAGE")["html"], re.DOTALL)
    headers = given(script, "HEADERS")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert headers["cache-control"] == "no-store"
    assert not re.search(r"\bcaches\.|indexedDB|Storage\b|https?:", script)


async def test_it_is_the_same_for_everybody_and_offered_to_writers_alone(desk: Front) -> None:
    before = (await show(desk, WORKER)).text
    assert WORKER not in (await show(desk, "/")).text
    await as_writer(desk)
    assert (await show(desk, WORKER)).text == before
    assert NAME not in before
    assert f'data-offline="{WORKER}"' in (await show(desk, "/my/letters")).text
