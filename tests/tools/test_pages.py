"""Links, anchors and paths in the documentation lead somewhere, and README stays short."""

import re
from pathlib import Path

import pytest

from tools.k8s.place import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
    key=lambda page: page.relative_to(ROOT).as_posix(),
)
LINK = re.compile(r"\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)")
FENCED = re.compile(r"```.*?```", re.DOTALL)
FOLDERS = "services|shared|clients|deploy|tools|tests"
MODULE = re.compile(rf"`((?:{FOLDERS})/[\w/.\-]+\.\w+)`")


def prose(page: Path) -> str:
    return FENCED.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of all headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = [
        f"{path}#{anchor}" if anchor else path
        for path, anchor in LINK.findall(prose(page))
        if not (target := page.parent / path if path else page).exists()
        or (anchor and target.suffix == ".md" and anchor not in anchors(target))
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/glossary.md", "docs/one-letter.md"])
def test_each_file_that_readers_are_sent_to_exists(name: str) -> None:
    paths = MODULE.findall((ROOT / name).read_text("utf-8"))
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme_is_short(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8").splitlines()) <= 150
