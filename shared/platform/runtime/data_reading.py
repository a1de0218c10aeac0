"""Strict reading of data files in YAML and JSON.

A repeated key is an error, since one of its values would be lost. Days stay text, so that their
readers can report which one doesn't exist.
"""

import json
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml
from typing_extensions import override

from shared.kernel.errors import BadData


class _StrictLoader(yaml.SafeLoader):
    """Plain values only; no dates, and each key once."""

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        _once(keys, f"line {node.start_mark.line + 1}")
        return super().construct_mapping(node, deep=deep)


def _as_written(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    return loader.construct_scalar(node)


_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)


def parsed(file: Path) -> object:
    """Parse the file by its suffix. Raises: BadData, without the file's name."""
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".json":
            return json.loads(text, object_pairs_hook=_pairs)
        return yaml.load(text, _StrictLoader)  # noqa: S506 - a SafeLoader, only stricter
    except yaml.MarkedYAMLError as bad:
        line = f", line {bad.problem_mark.line + 1}" if bad.problem_mark else ""
        raise BadData(f"cannot be read ({type(bad).__name__}{line})") from bad
    except json.JSONDecodeError as bad:
        raise BadData(f"cannot be read ({type(bad).__name__}, line {bad.lineno})") from bad
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as bad:
        raise BadData(f"cannot be read ({type(bad).__name__})") from bad


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _once([key for key, _ in pairs], "the file")
    return dict(pairs)


def _once(keys: Sequence[object], where: str) -> None:
    if twice := [key for number, key in enumerate(keys) if key in keys[:number]]:
        raise BadData(f"{where}: {twice[0]} stands twice")
