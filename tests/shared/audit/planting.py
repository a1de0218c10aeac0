"""Faults to plant into a town, each with the code under which an audit must find it."""

from collections.abc import Callable
from typing import Any

from tests.shared.audit.town import Town

Plant = Callable[[Town], Any]

PLANTS: list[tuple[str, Plant]] = []
"""Codes, and the damage to a clean town that leads to them."""


def finds(code: str) -> Callable[[Plant], Plant]:
    """The damage that follows must be found under `code`."""

    def kept(plant: Plant) -> Plant:
        PLANTS.append((code, plant))
        return plant

    return kept
