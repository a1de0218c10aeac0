"""The rules' tables, shipped with them and not configurable.

A table is as constant as code: it is read once from the package, so that a rule stays a function of
the letter alone. Data that an operator may replace comes through `shared/platform`.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from shared.kernel import plain
from shared.kernel.errors import BadData


@cache
def table(name: str) -> Mapping[str, object]:
    """Read `shared/data/<name>.yaml`. Raises: BadData, naming it, which stops the start."""
    try:
        text = files("shared.data").joinpath(f"{name}.yaml").read_text("utf-8")
        return plain.a_map(yaml.load(text, yaml.CSafeLoader), "the file")
    except (OSError, ValueError, yaml.YAMLError) as bad:
        raise BadData(f"{name}.yaml: cannot be read ({type(bad).__name__})") from bad


def listed(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of `shared/data/<name>.csv`, by column name; large, so not cached.

    Raises: BadData.
    """
    try:
        text = files("shared.data").joinpath(f"{name}.csv").read_text("utf-8")
    except (OSError, ValueError) as bad:
        raise BadData(f"{name}.csv: cannot be read ({type(bad).__name__})") from bad
    return tuple(csv.DictReader(text.splitlines()))
