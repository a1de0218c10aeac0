"""Digests of images go into an overlay whole or not at all, and bad lines are named."""

from pathlib import Path

import pytest
import yaml

from tools.k8s import image_digests
from tools.k8s.__main__ import main
from tools.k8s.image_digests import IMAGES

HEAD = "# why\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
LINES = [f"r.example.org:5000/a/{name}@sha256:{number:064x}" for number, name in enumerate(IMAGES)]


@pytest.fixture
def component(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The component of an overlay `own`."""
    monkeypatch.setattr(image_digests, "MANIFESTS", tmp_path)
    file = tmp_path / "overlays" / "own" / "images" / "kustomization.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"{HEAD}images:\n- name: mailbox-intake\n", "utf-8")
    return file


def test_each_image_gets_its_registry_and_digest(component: Path, tmp_path: Path) -> None:
    given = tmp_path / "digests.txt"
    given.write_text("\n".join([*LINES, ""]), "utf-8")
    assert main(["pin", "own", str(given)]) == 0
    text = component.read_text("utf-8")
    assert text.startswith(HEAD)
    assert yaml.safe_load(text)["images"] == [
        {"name": name, "newName": f"r.example.org:5000/a/{name}", "digest": f"sha256:{number:064x}"}
        for number, name in enumerate(IMAGES)
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (LINES[1:], "no digest of mailbox-intake"),
        ([*LINES, LINES[0]], "line 6 is not"),
        ([LINES[0].replace("sha256:", "sha512:"), *LINES[1:]], "line 1 is not"),
        ([LINES[0][:-1], *LINES[1:]], "line 1 is not"),
        ([*LINES, f"r.example.org/mailbox-stand-ins@sha256:{0:064x}"], "line 6 is not"),
        ([*LINES, "\x00"], "line 6 is not"),
    ],
)
def test_a_file_that_is_not_right_changes_nothing(
    component: Path,
    tmp_path: Path,
    lines: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = component.read_text("utf-8")
    given = tmp_path / "digests.txt"
    given.write_text("\n".join(lines), "utf-8")
    assert main(["pin", "own", str(given)]) == 1
    assert said in capsys.readouterr().err
    assert component.read_text("utf-8") == before


def test_what_is_not_there_is_named(
    component: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert component.exists()
    assert main(["pin", "own", str(tmp_path / "none.txt")]) == 1
    assert main(["pin", "other", str(tmp_path / "none.txt")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "k8s: none.txt can't be read",
        "k8s: overlay 'other' has no images/kustomization.yaml",
    ]
