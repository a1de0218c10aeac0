"""The script for other sites is small, the same for all, and pinned by its digest."""

import gzip
from base64 import b64decode
from hashlib import sha384

import pytest

from services.intake.pages.widget import integrity, snippet, widget_script
from tests.intake.front import Front
from tools.widget import main

BASE = "https://mailbox.example.org"


async def test_the_script_is_served_to_any_site_and_weighs_little(desk: Front) -> None:
    served = await desk.client.get("/widget.js")
    assert served.headers["content-type"].startswith("text/javascript")
    assert served.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in served.headers
    assert served.content == widget_script()
    assert len(gzip.compress(served.content)) < 6_000
    kind, _, digest = integrity().partition("-")
    assert (kind, b64decode(digest)) == ("sha384", sha384(served.content).digest())


def test_the_line_is_one_line_with_a_plain_link(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", BASE, "--mode", "bay", "--city", "shenzhen", "--lang", "en"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert printed.strip() == snippet(BASE, mode="bay", city="shenzhen", lang="en")
    assert f'<a href="{BASE}/go/website-bay/shenzhen" data-mailbox-link>' in printed
    assert f'integrity="{integrity()}"' in printed


@pytest.mark.parametrize(
    "bad",
    [
        ["--base", "mailbox.example.org"],
        ["--base", 'https://x"><script>'],
        ["--base", BASE, "--city", "atlantis"],
        ["--base", BASE, "--mode", "frame"],
        [],
    ],
)
def test_bad_arguments_are_refused(bad: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(bad)
