"""Rules: every service has the same rooms, and things have their usual names."""

import ast
import re
from pathlib import Path

from tests.house.source import EVERYTHING, Module, functions, modules

SERVICES = {"intake", "router", "notifier", "publisher"}
ROOMS = {
    "__init__", "__main__", "api", "domain", "handlers", "jobs", "metrics", "pages",
    "settings", "store", "wiring",
}  # fmt: skip
OWN_ROOMS = {"intake": {"files"}}
"""Rooms that one service alone has."""
BESIDE_PAGES = {"templates", "static", "locale"}
SHARED = {
    "__init__", "contracts", "kernel", "rules", "sealing", "platform", "data", "audit", "access",
    "duedates", "receipts", "terminal", "tryrules", "web",
}  # fmt: skip
SWITCH_LINES = 20

NO_ROOM_FOR = {
    "base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils",
}  # fmt: skip
PATTERN_WORDS = {
    "factory", "helper", "helpers", "impl", "manager", "processor", "repository", "util", "utils",
}  # fmt: skip


def the_four_services(root: Path) -> list[str]:
    """Exactly the four services are under services/."""
    present = _entries(root / "services") - {"__init__"}
    return [f"services/{name}:1: missing service" for name in sorted(SERVICES - present)] + [
        f"services/{name}:1: not one of the four services" for name in sorted(present - SERVICES)
    ]


def the_same_rooms(root: Path) -> list[str]:
    """Each service holds exactly the rooms of the anatomy, each once."""
    found = []
    for service in sorted(path for path in (root / "services").glob("*") if path.is_dir()):
        if service.name != "__pycache__":
            found += _rooms_of(service, f"services/{service.name}")
    return found


def shared_rooms(root: Path) -> list[str]:
    """shared/ holds the rooms that CONTRIBUTING names, and no drawer for the rest."""
    extra = _entries(root / "shared") - SHARED
    return [f"shared/{name}:1: not a room of shared/" for name in sorted(extra)]


def crossing_points(root: Path) -> list[str]:
    """Rooms define their main names: HANDLERS of on_… functions, decide, evolve, build."""
    found = []
    for service in sorted(path for path in (root / "services").glob("*") if path.is_dir()):
        asked = {
            "handlers": {"HANDLERS"},
            "domain": {"decide", "evolve"},
            "wiring": {"build"},
        }
        for room, names in asked.items():
            found += _missing_names(root, f"services/{service.name}/{room}", names)
    return found + _handler_names(root) + _long_switches(root)


def house_words(root: Path) -> list[str]:
    """No drawer names for modules, no pattern words for classes and functions."""
    return [
        finding
        for module in modules(root, *EVERYTHING)
        for finding in [*_drawers(module), *_pattern_words(module)]
    ]


def _entries(folder: Path) -> set[str]:
    """Python modules and packages of a folder by name; other files are not the anatomy's."""
    return {
        path.stem
        for path in folder.glob("*")
        if path.suffix == ".py" or (path.is_dir() and _holds_sources(path))
    }


def _holds_sources(folder: Path) -> bool:
    """Whether there is more than bytecode, which git leaves behind where a room was removed."""
    return any(path.is_file() and path.suffix != ".pyc" for path in folder.rglob("*"))


def _rooms_of(service: Path, shown: str) -> list[str]:
    present, own = _entries(service), OWN_ROOMS.get(service.name, set())
    found = [f"{shown}/{room}.py:1: missing room" for room in sorted(ROOMS - present)]
    found += [
        f"{shown}/{room}:1: not a room" for room in sorted(present - ROOMS - own - BESIDE_PAGES)
    ]
    return found + [
        f"{shown}/{room}.py:1: stands beside a package of the same name"
        for room in sorted(ROOMS & present)
        if (service / f"{room}.py").exists() and (service / room).is_dir()
    ]


def _missing_names(root: Path, room: str, names: set[str]) -> list[str]:
    present = modules(root, f"{room}.py", f"{room}/__init__.py")
    return [
        module.finding(1, f"does not define {name!r}")
        for module in present
        for name in sorted(names - _bound(module.tree))
    ]


def _bound(tree: ast.Module) -> set[str]:
    """Names that a module binds at its top."""
    bound: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            bound |= {alias.asname or alias.name for alias in node.names}
        else:
            bound |= _targets(node)
    return bound


def _targets(node: ast.stmt) -> set[str]:
    """Names that an assignment gives a value; none for any other statement."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    else:
        return set()
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _handler_names(root: Path) -> list[str]:
    return [
        module.finding(heard, f"{heard.id}: what HANDLERS calls is named on_<event>")
        for module in modules(root, "services/*/handlers.py", "services/*/handlers")
        for node in module.tree.body
        if "HANDLERS" in _targets(node)
        for table in ast.walk(node)
        if isinstance(table, ast.Dict)
        for heard in table.values
        if isinstance(heard, ast.Name) and not heard.id.startswith("on_")
    ]


def _long_switches(root: Path) -> list[str]:
    return [
        module.finding(lines, f"{lines} lines: __main__ only reads settings and runs")
        for module in modules(root, "services/*/__main__.py")
        if (lines := module.text.count("\n")) > SWITCH_LINES
    ]


def _drawers(module: Module) -> list[str]:
    words = {
        word
        for part in module.path.relative_to(module.root).with_suffix("").parts
        for word in part.split("_")
    }
    return [
        module.finding(1, f"module named {word!r}: say what for")
        for word in sorted(words & NO_ROOM_FOR)
    ]


def _pattern_words(module: Module) -> list[str]:
    named = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    return [
        module.finding(node, f"{node.name}: {min(words)} is a pattern's word")
        for node in [*named, *functions(module.tree)]
        if (words := PATTERN_WORDS & set(re.findall(r"[a-z]+", _spaced(node.name))))
    ]


def _spaced(name: str) -> str:
    """`LetterFactory` as `letter factory`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
