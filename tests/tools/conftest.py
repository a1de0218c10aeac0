"""The input of the rules: both overlays, each rendered once."""

import pytest

from tools.k8s.place import Json
from tools.k8s.renderer import render


@pytest.fixture(scope="session")
def prod() -> list[Json]:
    """All objects of production; copy them before a change."""
    return render("prod")


@pytest.fixture(scope="session")
def dev() -> list[Json]:
    """All objects of development."""
    return render("dev")
