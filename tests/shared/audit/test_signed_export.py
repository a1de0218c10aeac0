"""An auditor would take a changed file for the one that the service made."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from shared.audit.signed_export import main
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.crypto.signed_exports import (
    ExportDigest,
    ExportSigner,
    Line,
    digest_of,
    json_lines,
)

RING = KeyRing("two", {"one": A256GCM(bytes(32)), "two": A256GCM(bytes(range(32)))})
LINES: list[Line] = [{"letter": "GD-1", "role": "处理"}, {"letter": "GD-2", "role": "chief"}]


async def lines() -> AsyncIterator[Line]:
    for line in LINES:
        yield line


async def made(name: str) -> tuple[bytes, ExportDigest]:
    """An export and its digest."""
    content = b"".join([part async for part in json_lines(lines())])
    day = date(2026, 11, 23)
    return content, await digest_of(lines(), service="router", name=name, day=day)


def exported(folder: Path, ring: KeyRing = RING) -> list[str]:
    """The files of an export; the command's arguments."""
    signer, name = ExportSigner(ring, "router"), "audit-2026-11-23.jsonl"
    content, digest = asyncio.run(made(name))
    (folder / name).write_bytes(content)
    (folder / "a.jws").write_text(signer.sign(digest))
    (folder / "keys.json").write_text(json.dumps(ExportSigner(RING, "router").public_keys()))
    return [str(folder / name), str(folder / "a.jws"), "--keys", str(folder / "keys.json")]


def test_an_export_is_verified_also_under_an_older_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(exported(tmp_path)) == 0
    assert "2026-11-23, 2 lines" in capsys.readouterr().out
    older = KeyRing("one", {"one": A256GCM(bytes(32))})
    assert main(exported(tmp_path, older)) == 0


def test_a_changed_file_is_found(tmp_path: Path) -> None:
    asked = exported(tmp_path)
    Path(asked[0]).write_bytes(Path(asked[0]).read_bytes().replace(b"GD-2", b"GD-3"))
    assert main(asked) == 1


def test_strange_keys_and_files_are_refused(tmp_path: Path) -> None:
    strange = KeyRing("two", {"two": A256GCM(bytes([7] * 32))})
    assert main(exported(tmp_path, strange)) == 1
    asked = exported(tmp_path)
    Path(asked[1]).write_text("a.b.c")
    assert main(asked) == 1
    assert main([asked[0], str(tmp_path / "no"), *asked[2:]]) == 2
    Path(asked[3]).write_text("{")
    assert main(asked) == 2


def test_no_private_part_is_published() -> None:
    assert all("d" not in key for key in ExportSigner(RING, "router").public_keys()["keys"])
