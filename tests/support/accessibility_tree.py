"""What assistive technology gets of a page: Chromium's accessibility tree, and stops of Tab."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Page

CONTROLS: Final = frozenset(
    {"button", "checkbox", "combobox", "link", "listbox", "radio", "searchbox", "textbox"}
)
LANDMARKS: Final = ("banner", "main", "contentinfo")

FOCUSED: Final = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const {top, bottom, left, right} = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const within = one.closest("header, main, footer");
  window.stops = window.stops || [];
  if (!window.stops.includes(one)) window.stops.push(one);
  return {
    number: window.stops.indexOf(one),
    text: `${one.tagName} ${one.name || one.textContent.trim().slice(0, 30)}`,
    part: within ? within.tagName : "",
    top: top + scrollY,
    left: left,
    isShown: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    isMarked: one.matches(":focus-visible") && style.outlineStyle !== "none"
      && parseFloat(style.outlineWidth) >= 2,
  };
}
"""
UNREACHED: Final = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility() && one.type !== "hidden" && one.tabIndex >= 0)
  .filter((one) => one.type !== "radio" || !window.stops.some((it) => it.name === one.name))
  .filter((one) => !window.stops.includes(one))
  .map((one) => `${one.tagName} ${one.name || one.textContent.trim().slice(0, 30)}`)
"""


@dataclass(frozen=True, slots=True)
class AxNode:
    """A node of the tree."""

    role: str
    name: str
    description: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    backend: int = 0

    @property
    def is_invalid(self) -> bool:
        """Whether it is announced as an invalid entry."""
        return self.properties.get("invalid") == "true"


@dataclass(frozen=True, slots=True)
class AxTree:
    """The nodes of a page in their order, without those that are ignored."""

    nodes: tuple[AxNode, ...]

    def all(self, *roles: str) -> list[AxNode]:
        """The nodes of these roles."""
        return [each for each in self.nodes if each.role in roles]

    def names(self, *roles: str) -> list[str]:
        """Their names."""
        return [each.name for each in self.all(*roles)]

    def faults(self) -> Iterator[str]:
        """What would leave somebody who hears the page without a name or a way."""
        for landmark in LANDMARKS:
            if len(self.all(landmark)) != 1:
                yield f"{len(self.all(landmark))} of {landmark}"
        levels = [each.properties.get("level") for each in self.all("heading")]
        if levels.count(1) != 1:
            yield f"{levels.count(1)} headings of level 1"
        for each in self.all(*CONTROLS, "heading", "radiogroup"):
            if not each.name.strip():
                yield f"{each.role} without a name"
        navigations = self.names("navigation")
        if "" in navigations or len(set(navigations)) != len(navigations):
            yield f"navigations {navigations}"


async def accessibility_tree(page: Page) -> AxTree:
    """The tree of the page that is open."""
    session = await page.context.new_cdp_session(page)
    found = await session.send("Accessibility.getFullAXTree")
    await session.detach()
    return AxTree(tuple(_node(each) for each in found["nodes"] if not each["ignored"]))


def _node(given: dict[str, Any]) -> AxNode:
    return AxNode(
        given["role"]["value"],
        given.get("name", {}).get("value", ""),
        given.get("description", {}).get("value", ""),
        {each["name"]: each["value"].get("value") for each in given.get("properties", ())},
        given.get("backendDOMNodeId", 0),
    )


async def tab_faults(page: Page) -> list[str]:
    """What is wrong for somebody who goes through the page by Tab alone.

    Every control is reached, in reading order, visible and marked, until the first one comes again.
    """
    faults: list[str] = []
    number, part, top = -1, "", 0.0
    for _ in range(300):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(FOCUSED)
        if stop is None:
            part = ""
            continue
        if stop["number"] <= number:
            break
        if not stop["isMarked"]:
            faults.append(f"focus is not visible: {stop['text']}")
        if not stop["isShown"]:
            faults.append(f"focus is outside of the window: {stop['text']}")
        if part and stop["part"] == part and stop["top"] < top - 60:
            faults.append(f"goes up: {stop['text']}")
        number, part, top = stop["number"], stop["part"], stop["top"]
    else:
        faults.append("the focus never comes round")
    faults += [f"not reached: {each}" for each in await page.evaluate(UNREACHED)]
    return faults
