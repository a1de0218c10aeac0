"""A TypeScript client made from the committed document compiles strictly, and works once."""

import asyncio
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.intake.faces import token
from tests.intake.front import CITIZEN, Front, front
from tests.support.programs import lacking
from tests.support.serving import served

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "contracts" / "openapi-intake.json"
PACKAGES: Final = ("openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3")
INSTALL: Final = ("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact")
STRICT: Final = (
    *("--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes"),
    *("--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--module", "nodenext"),
)
PATIENCE_S: Final = 240
PROGRAM: Final = """\
import createClient from "openapi-fetch";
import type { components, paths } from "./mailbox.js";

declare const process: { argv: string[] };
const [, , baseUrl, token] = process.argv;
const client = createClient<paths>({
  baseUrl: baseUrl ?? "", headers: { Authorization: `Bearer ${token}` },
});

const letter: components["schemas"]["NewLetter"] = {
  subject: "红绿灯不亮",
  body: "村口的红绿灯坏了三个月，车开得很快。",
  category: "request",
  place: { city: "guangzhou" },
};
const header = { "Idempotency-Key": "typescript-0001" };
const sent = await client.POST("/v1/letters", { params: { header }, body: letter });
if (!sent.data) throw new Error(JSON.stringify(sent.error));
const path = { letter: sent.data.letter };
const read = await client.GET("/v1/letters/{letter}", { params: { path } });
if (!read.data) throw new Error(JSON.stringify(read.error));
const again = { params: { header: { "Idempotency-Key": "typescript-0002" } } };
const refused = await client.POST("/v1/letters", { ...again, body: { ...letter, subject: "" } });
const code: string | undefined = refused.error?.code;
const { subject, state, questions } = read.data;
console.log(JSON.stringify({ letter: path.letter, subject, state, open: questions.length, code }));
"""


def run(command: Sequence[str], folder: Path) -> str:
    """The output of a program that must succeed."""
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        env=os.environ | {"NO_UPDATE_NOTIFIER": "1"},
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the compiled program."""
    if missing := lacking(("node", "npm")):
        pytest.skip(f"not installed: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("client")
    (folder / "package.json").write_text(json.dumps({"type": "module", "private": True}))
    try:
        run((*INSTALL, *PACKAGES), folder)
    except (AssertionError, subprocess.TimeoutExpired) as fault:
        pytest.skip(f"the packages can't be installed: {str(fault)[:300]}")
    programs = folder / "node_modules" / ".bin"
    made = ("--default-non-nullable", "false", "--output", "mailbox.d.ts")
    run((str(programs / "openapi-typescript"), str(DOCUMENT), *made), folder)
    (folder / "client.ts").write_text(PROGRAM, encoding="utf-8")
    run((str(programs / "tsc"), *STRICT, "client.ts"), folder)
    return folder


def used(folder: Path, address: str, front: Front) -> dict[str, Any]:
    """What the program prints."""
    given = token("chen", at=front.shelf.now(), **CITIZEN)
    found: dict[str, Any] = json.loads(run(("node", "client.js", address, given), folder))
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_a_generated_client_sends_a_letter_and_reads_it(
    compiled: Path, tmp_path: Path
) -> None:
    """A frontend's developers could not use the document otherwise."""
    async with front(tmp_path) as ours:
        transport: Any = ours.client._transport
        async with served(transport.app) as address:
            found = await asyncio.to_thread(used, compiled, address, ours)
    assert found.pop("letter").startswith("GD-")
    assert found == {"subject": "红绿灯不亮", "state": "submitted", "open": 0, "code": "invalid"}
