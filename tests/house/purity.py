"""Rules: pure packages have no clock, randomness, input or output, and services don't print."""

import ast
from pathlib import Path

from tests.house.source import PURE, Module, imported, last_name, modules

DOORS = {
    "asyncio", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket",
    "subprocess", "sys", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
CHANCE = {"uuid1", "uuid4", "uuid6", "uuid7"}
CLOCK = {"now", "today", "utcnow"}
CLOCKS = {"date", "datetime"}
DOOR_CALLS = {"__import__", "eval", "exec", "input", "open", "print"}

INWARD = ("api", "domain", "handlers", "pages", "store")
SPEAKING = {"send", "send_and_wait", "send_batch"}


def pure_imports(root: Path) -> list[str]:
    """Domains, kernel and contracts import no clock, no chance and no door to the world."""
    return [
        module.finding(node, f"imports {name}: time, chance and the world are handed in")
        for module in modules(root, *PURE)
        for node, name in imported(module.tree)
        if name.partition(".")[0] in DOORS or name.rpartition(".")[2] in CHANCE
    ]


def pure_calls(root: Path) -> list[str]:
    """Nor do they use one under another name."""
    return [
        finding
        for module in modules(root, *PURE)
        for node in ast.walk(module.tree)
        for finding in [*_clock_or_chance(module, node), *_door(module, node)]
    ]


def nothing_sends(root: Path) -> list[str]:
    """Services write only to their log: no handler or route touches a producer."""
    places = [f"services/*/{room}{ending}" for room in INWARD for ending in ("", ".py")]
    return [
        finding
        for module in modules(root, *places)
        for finding in [*_imports_bus(module), *_touches_producer(module)]
    ]


def _clock_or_chance(module: Module, node: ast.AST) -> list[str]:
    if not isinstance(node, ast.Attribute):
        return []
    reads_clock = node.attr in CLOCK and last_name(node.value) in _clocks(module)
    if reads_clock or node.attr in CHANCE:
        return [module.finding(node, f".{node.attr}: time and chance are handed in")]
    return []


def _clocks(module: Module) -> set[str]:
    """The names under which this module knows `date` and `datetime`."""
    renamed = {
        alias.asname
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "datetime"
        for alias in node.names
        if alias.asname and alias.name in CLOCKS
    }
    return CLOCKS | renamed


def _door(module: Module, node: ast.AST) -> list[str]:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return []
    name = node.func.id
    return [module.finding(node, f"{name}(): not pure")] if name in DOOR_CALLS else []


def _imports_bus(module: Module) -> list[str]:
    return [
        module.finding(node, f"imports {name}: handlers and routes only decide")
        for node, name in imported(module.tree)
        if name.startswith(("aiokafka", "shared.platform.kafka.bus"))
    ]


def _touches_producer(module: Module) -> list[str]:
    found = []
    for node in ast.walk(module.tree):
        name = node.arg if isinstance(node, ast.arg) else last_name(node)
        if "producer" in name.lower():
            found.append(module.finding(node, f"{name}: handlers and routes touch no producer"))
        elif isinstance(node, ast.Call) and (called := last_name(node.func)) in SPEAKING:
            found.append(module.finding(node, f"{called}(): only the log speaks"))
    return found
