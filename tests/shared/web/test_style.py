"""The style sheet and the script: their weight, their contrast, and nothing from elsewhere."""

from __future__ import annotations

import gzip
import re

import pytest

from shared.web.static_files import STATIC

STYLE = (STATIC / "mailbox.css").read_text("utf-8")
SCRIPT = (STATIC / "mailbox.js").read_text("utf-8")
_, LIGHT, DARK = re.split(r":root \{", STYLE, maxsplit=2)
VARIABLE = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
SCHEMES = {"light": dict(VARIABLE.findall(LIGHT))}
SCHEMES["dark"] = SCHEMES["light"] | dict(VARIABLE.findall(DARK.partition("\n  }")[0]))

TEXT = [
    ("ink", "paper"),
    ("ink", "tint"),
    ("soft", "paper"),
    ("soft", "tint"),
    ("link", "paper"),
    ("link", "tint"),
    ("link-hover", "paper"),
    ("danger", "paper"),
    ("danger-hover", "paper"),
    ("on-button", "button"),
    ("on-button", "button-hover"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    ("on-bar", "bar"),
    *((f"{tone}-ink", f"{tone}-tint") for tone in ("grey", "blue", "green", "amber", "red")),
]
BORDERS = [
    ("field", "paper"),
    ("field", "tint"),
    ("focus", "paper"),
    ("focus", "tint"),
    ("bar-focus", "bar"),
]


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("least", "pairs"), [(4.5, TEXT), (3.0, BORDERS)], ids=["text", "borders"])
def test_colours_have_contrast(scheme: str, least: float, pairs: list[tuple[str, str]]) -> None:
    colours = SCHEMES[scheme]
    poor = {
        pair: round(ratio, 2)
        for pair in pairs
        if (ratio := contrast(colours[pair[0]], colours[pair[1]])) < least
    }
    assert poor == {}


def test_contrast_is_computed_as_defined() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "most"), [(STYLE, 14_000), (SCRIPT, 4_000)], ids=["css", "js"])
def test_files_are_light(text: str, most: int) -> None:
    assert len(gzip.compress(text.encode(), 9)) <= most


def test_nothing_is_taken_from_elsewhere() -> None:
    assert not re.search(r"url\(|@import|@font-face|https?:", STYLE)
    assert re.findall(r"fetch\(([^,]*),", SCRIPT) == ["form.action"]
    assert not re.search(r"XMLHttpRequest|import\(|https?:|innerHTML|eval\(", SCRIPT)


def test_chinese_is_set_as_chinese() -> None:
    rule = re.search(r":lang\(zh\) \{([^}]*)\}", STYLE)
    assert rule is not None
    assert "line-height: 1.75" in rule[1]
    assert "font-style: italic" not in STYLE
    assert "--measure: 40em" in STYLE


@pytest.mark.parametrize(
    "query",
    [
        "prefers-color-scheme: dark",
        "prefers-reduced-motion: reduce",
        "forced-colors: active",
        "print",
    ],
)
def test_what_readers_prefer_is_respected(query: str) -> None:
    assert re.search(rf"@media \(?{query}", STYLE)


def test_colours_have_names() -> None:
    """A colour outside the table would escape the test of contrast."""
    rules = STYLE.partition("*, ::before")[2].partition("@media print")[0]
    assert not re.findall(r"#[0-9a-f]{3,6}\b", rules)
