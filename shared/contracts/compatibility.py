"""The compatibility check of JSON Schemas: whether readers of a released version still work.

The only compatible change is a new optional field. Readers of the new version must read what was
written under the old one, and readers of the old version what is written now.
"""

from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

_SAYS_NOTHING = {"title", "description", "default", "examples", "$defs", "$schema", "$id"}
_STRUCTURE = {"properties", "required", "items", "enum", "type", "anyOf"}
_LOWER = {"minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"}
_UPPER = {"maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"}


def breaks(old: Schema, new: Schema) -> list[str]:
    """The changes in `new` that break readers or writers of `old`, as `field: what happened`."""
    return _compare("", _plain(old, old.get("$defs", {})), _plain(new, new.get("$defs", {})))


def _plain(schema: Any, defs: Schema) -> Any:
    """Resolve references, and remove keywords that no validator uses."""
    if isinstance(schema, list):
        return [_plain(part, defs) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(defs[schema["$ref"].rpartition("/")[2]], defs)
    kept = {key: value for key, value in schema.items() if key not in _SAYS_NOTHING}
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    return {
        key: {name: _plain(part, defs) for name, part in value.items()}
        if key in {"properties", "patternProperties"}
        else _plain(value, defs)
        for key, value in kept.items()
    }


def _compare(at: str, old: Schema, new: Schema) -> list[str]:
    if "anyOf" in old or "anyOf" in new:
        return _compare_choices(at, _choices(old), _choices(new))
    if old.get("type") != new.get("type"):
        return [f"{at}: another type"]
    found = [*_compare_codes(at, old, new), *_compare_limits(at, old, new)]
    if "items" in old and "items" in new:
        found += _compare(f"{at}[]", old["items"], new["items"])
    return found + _compare_fields(at, old, new)


def _choices(schema: Schema) -> dict[str, Schema]:
    return {choice.get("type", "any"): choice for choice in schema.get("anyOf", [schema])}


def _compare_choices(at: str, old: dict[str, Schema], new: dict[str, Schema]) -> list[str]:
    found = [f"{at}: narrowed, no {kind} any more" for kind in sorted(old.keys() - new.keys())]
    found += [f"{at}: widened to {kind}" for kind in sorted(new.keys() - old.keys())]
    for kind in sorted(old.keys() & new.keys()):
        found += _compare(at, old[kind], new[kind])
    return found


def _compare_codes(at: str, old: Schema, new: Schema) -> list[str]:
    if ("enum" in old) != ("enum" in new):
        return [f"{at}: {'narrowed to' if 'enum' in new else 'widened from'} a list of codes"]
    gone = set(old.get("enum", ())) - set(new.get("enum", ()))
    come = set(new.get("enum", ())) - set(old.get("enum", ()))
    return [f"{at}: narrowed, without {code!r}" for code in sorted(gone, key=str)] + [
        f"{at}: widened by {code!r}" for code in sorted(come, key=str)
    ]


def _compare_limits(at: str, old: Schema, new: Schema) -> list[str]:
    return [
        f"{at}: {_direction(key, old.get(key), new.get(key))} {key}"
        for key in sorted((old.keys() | new.keys()) - _STRUCTURE)
        if old.get(key) != new.get(key)
    ]


def _direction(key: str, old: Any, new: Any) -> str:
    if key not in _LOWER | _UPPER:
        return "changed"
    if old is None or new is None:
        return "narrowed" if old is None else "widened"
    return "narrowed" if (new > old) == (key in _LOWER) else "widened"


def _compare_fields(at: str, old: Schema, new: Schema) -> list[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed, needs = set(old.get("required", ())), set(new.get("required", ()))
    found = [f"{at}.{name}: removed" for name in sorted(before.keys() - after.keys())]
    found += [f"{at}.{name}: required now" for name in sorted(needs - needed)]
    found += [
        f"{at}.{name}: may be left out now" for name in sorted((needed - needs) & after.keys())
    ]
    for name in sorted(before.keys() & after.keys()):
        found += _compare(f"{at}.{name}", before[name], after[name])
    return found
