"""The pieces of JavaScript in the frontend guide run, one after another, and both guides agree."""

import asyncio
import json
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from tests.intake.faces import token
from tests.intake.front import CITIZEN, front
from tests.support.programs import lacking
from tests.support.serving import served
from tools.openapi import document

DOCS: Final = Path(__file__).parents[2] / "docs"
GUIDES: Final = ("frontend-guide.md", "frontend-guide.zh.md")
PIECE: Final = re.compile(r"```js\n(.*?)```", re.DOTALL)
CODE: Final = re.compile(r"^\| (?:\d{3}, )*\d{3} (`.*?) \|", re.MULTILINE)
ROUTE: Final = re.compile(r"(GET|POST|PUT|DELETE) (/v1/[a-z/{}-]+)")
SAYS: Final = """
console.log(JSON.stringify({
  drafts: drafts.length, state, same: again.letter === accepted.letter, subject: shown.subject,
  files: shown.files.length, asked: typeof asked.request_id,
}));
"""


def guide(name: str) -> str:
    """The text of a guide."""
    return (DOCS / name).read_text(encoding="utf-8")


def codes_in(text: str) -> set[str]:
    """The codes in the table of problems."""
    return set(re.findall(r"`([a-z_]+)`", " ".join(CODE.findall(text))))


def test_both_guides_show_the_same_code_and_the_same_codes_of_problems() -> None:
    english, chinese = (guide(name) for name in GUIDES)
    assert PIECE.findall(english) == PIECE.findall(chinese)
    codes = [
        set(re.findall(r"`([a-z_]+)`", " ".join(CODE.findall(text)))) for text in (english, chinese)
    ]
    assert codes[0] == codes[1]
    known = json.dumps(document("intake"))
    assert [code for code in sorted(codes[0]) if f'"{code}"' not in known] == []


@pytest.mark.parametrize("name", GUIDES)
def test_every_route_of_the_guide_is_there(name: str) -> None:
    found = {f"{method} {path}" for method, path in ROUTE.findall(guide(name))}
    paths = document("intake")["paths"]
    known = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert len(found) > 10
    assert found - known == set()


async def test_the_pieces_of_code_run(tmp_path: Path) -> None:
    """Whoever follows the guide would otherwise find its faults first."""
    if missing := lacking(("node",)):
        pytest.skip(f"not installed: {', '.join(missing)}")
    async with front(tmp_path) as ours:
        transport: Any = ours.client._transport
        given = token("chen", at=ours.shelf.now(), **CITIZEN)
        async with served(transport.app) as address:
            known = f"const intake = {json.dumps(address)}, token = {json.dumps(given)};\n"
            program = tmp_path / "guide.mjs"
            program.write_text(
                known + "\n".join(PIECE.findall(guide(GUIDES[0]))) + SAYS, encoding="utf-8"
            )
            done = await asyncio.to_thread(
                subprocess.run,
                ("node", str(program)),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
    assert done.returncode == 0, done.stderr
    assert "invalid [ 'subject' ]" in done.stdout
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "drafts": 1,
        "state": "waiting",
        "same": True,
        "subject": "红绿灯不亮",
        "files": 1,
        "asked": "string",
    }
