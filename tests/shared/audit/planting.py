"""How faults are planted into a town, and under which code an audit must find each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.shared.audit.town import Town

Plant = Callable[[Town], Any]

PLANTS: list[tuple[str, Plant]] = []
"""Codes, and what has to be done to a clean town so that they are found."""


def finds(code: str) -> Callable[[Plant], Plant]:
    """The damage that follows must be found under `code`."""

    def kept(plant: Plant) -> Plant:
        PLANTS.append((code, plant))
        return plant

    return kept
