"""Filters and updates of the database, as far as the shell and the services use them.

Anything else raises `NotImplementedError`; an update that the database refuses raises `ValueError`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import bson
from bson.codec_options import CodecOptions

Document = dict[str, Any]
AWARE = CodecOptions[Document](tz_aware=True)

_MISSING = object()


def fits(document: Document, where: Mapping[str, Any]) -> bool:
    """Whether `document` matches the filter."""
    return all(
        any(_holds(value, wanted) for value in _values(document, path))
        for path, wanted in where.items()
    )


def at(document: Document, path: str) -> Any:
    """The value at a dotted path; `_MISSING` if there is none."""
    value: Any = document
    for part in path.split("."):
        if not isinstance(value, dict) or part not in value:
            return _MISSING
        value = value[part]
    return value


def _values(document: Any, path: str) -> list[Any]:
    """The value at a dotted path, or those of the items of a list on the way."""
    first, _, rest = path.partition(".")
    value = document.get(first, _MISSING) if isinstance(document, dict) else _MISSING
    if not rest:
        return [value]
    if isinstance(value, list):
        return [found for item in value for found in _values(item, rest)]
    return _values(value, rest)


def projected(document: Document, fields: Mapping[str, Any]) -> Document:
    """The selected fields and `_id`, unless that is left out."""
    if not fields:
        return document
    chosen = [path for path, is_wanted in fields.items() if is_wanted]
    left_out = {path for path in fields if path not in chosen}
    if (chosen and left_out - {"_id"}) or any("." in path for path in left_out):
        raise NotImplementedError("a projection that nobody uses")
    if not chosen:
        return {name: value for name, value in document.items() if name not in left_out}
    return _chosen(document, chosen if "_id" in left_out else ["_id", *chosen])


def _chosen(document: Document, paths: Sequence[str]) -> Document:
    """The values at the paths, nested as in the document; in each document of a list."""
    found: Document = {}
    within: dict[str, list[str]] = {}
    for path in paths:
        first, _, rest = path.partition(".")
        if first in document and rest:
            within.setdefault(first, []).append(rest)
        elif first in document:
            found[first] = document[first]
    for name, rests in within.items():
        value = document[name]
        if isinstance(value, dict):
            found[name] = _chosen(value, rests)
        elif isinstance(value, list):
            found[name] = [_chosen(item, rests) for item in value if isinstance(item, dict)]
    return found


def apply(document: Document, change: Mapping[str, Mapping[str, Any]]) -> Document:
    """Change `document` in place. Raises: ValueError, when two operators change one path."""
    _check_paths([path for changes in change.values() for path in changes])
    for operator, changes in change.items():
        if operator not in _OPERATORS:
            raise NotImplementedError(operator)
        for path, value in changes.items():
            _OPERATORS[operator](document, path, value)
    return document


def _holds(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict) or not any(name.startswith("$") for name in wanted):
        return _is_among(value, [wanted])
    return all(_compares(value, name, bound) for name, bound in wanted.items())


def _compares(value: Any, name: str, bound: Any) -> bool:
    if name in ("$in", "$nin"):
        return _is_among(value, bound) == (name == "$in")
    if name not in _COMPARISONS:
        raise NotImplementedError(name)
    return type(value) is type(bound) and _COMPARISONS[name](value, bound)


def _is_among(value: Any, bound: Any) -> bool:
    """Whether the value, or an item of a list, is among these; None also means missing."""
    if value is _MISSING:
        return None in bound
    if not isinstance(value, list | dict):
        return value in bound
    values = [value, *value] if isinstance(value, list) else [value]
    return any(_equal(one, this) for one in values for this in bound)


def _equal(value: Any, wanted: Any) -> bool:
    """Documents are equal only if their fields are in the same order."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return list(value.items()) == list(wanted.items())
    return bool(value == wanted)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$lt": lambda value, bound: bool(value < bound),
    "$lte": lambda value, bound: bool(value <= bound),
    "$gt": lambda value, bound: bool(value > bound),
    "$gte": lambda value, bound: bool(value >= bound),
}


def _check_paths(paths: list[str]) -> None:
    """Refuse a repeated path, a path within another, and empty or operator-like names."""
    known = set(paths)
    if len(known) < len(paths):
        raise ValueError("a path twice")
    for path in paths:
        parts = path.split(".")
        if any(not part or part.startswith("$") for part in parts):
            raise ValueError(path)
        if any(".".join(parts[:length]) in known for length in range(1, len(parts))):
            raise ValueError(path)


def _parent(document: Document, path: str) -> tuple[Document, str]:
    *parents, last = path.split(".")
    for part in parents:
        document = document.setdefault(part, {})
    return document, last


def _set(document: Document, path: str, value: Any) -> None:
    parent, last = _parent(document, path)
    parent[last] = value


def _unset(document: Document, path: str, _: Any) -> None:
    *parents, last = path.split(".")
    parent = at(document, ".".join(parents)) if parents else document
    if isinstance(parent, dict):
        parent.pop(last, None)


def _inc(document: Document, path: str, by: Any) -> None:
    before = at(document, path)
    _set(document, path, by if before is _MISSING else before + by)


def _min(document: Document, path: str, bound: Any) -> None:
    before = at(document, path)
    _set(document, path, bound if before is _MISSING else min(before, bound))


def _push(document: Document, path: str, items: Any) -> None:
    if not {"$each"} <= set(items) <= {"$each", "$slice"}:
        raise NotImplementedError("$push without $each")
    before = at(document, path)
    pushed = [*([] if before is _MISSING else before), *items["$each"]]
    last = items.get("$slice", -len(pushed))
    if last > 0:
        raise NotImplementedError("$slice from the beginning")
    _set(document, path, pushed[len(pushed) + last :] if -last <= len(pushed) else pushed)


_OPERATORS: Mapping[str, Callable[[Document, str, Any], None]] = {
    "$set": _set,
    "$unset": _unset,
    "$inc": _inc,
    "$min": _min,
    "$push": _push,
}


def as_kept(document: Document) -> Document:
    """The document after BSON: milliseconds, lists for tuples, always a copy."""
    return bson.decode(bson.encode(document), AWARE)


def rank(document: Document, *, name: str) -> tuple[bool, Any]:
    """Sort key: missing values come first."""
    value = document.get(name)
    return value is not None, value
