"""Rules: every exception to a rule and every library is explained, and no error is swallowed."""

import ast
import io
import re
import tokenize
import tomllib
from pathlib import Path

from tests.house.source import EVERYTHING, Module, last_name, modules, tracked

EVERYTHING_ELSE = {"BaseException", "Exception"}
WHOLE_FILE = re.compile(r"#\s*(?:ruff:\s*noqa|mypy:\s*ignore-errors|flake8:\s*noqa)", re.IGNORECASE)
TYPE_EXCUSE = re.compile(r"type:\s*ignore")
LINT_EXCUSE = re.compile(r"\bnoqa\b", re.IGNORECASE)
GOOD_TYPE_EXCUSE = re.compile(r"type:\s*ignore\[[\w-]+(?:,\s*[\w-]+)*\]\W+\w.{6,}")
GOOD_LINT_EXCUSE = re.compile(r"noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*\W+\w.{6,}")


def excuses(root: Path) -> list[str]:
    """An ignore names its code and, after it on the same line, its reason."""
    return [
        module.finding(line, fault)
        for module in modules(root, *EVERYTHING)
        for line, comment in _comments(module)
        if (fault := _fault(comment))
    ]


def nothing_swallowed(root: Path) -> list[str]:
    """Nothing catches every error to do nothing with it."""
    return [
        module.finding(node, "swallows every error")
        for module in modules(root, *EVERYTHING)
        for node in ast.walk(module.tree)
        if _swallows(node)
    ]


def no_foreign_lock(root: Path) -> list[str]:
    """No uv.lock: it spells a registry's host on every line; requirements*.lock do not."""
    return [
        f"{name}:1: lock file with hosts; compile requirements*.lock instead"
        for name in tracked(root)
        if Path(name).name in {"uv.lock", "poetry.lock", "Pipfile.lock"}
    ]


def explained_libraries(root: Path) -> list[str]:
    """Every direct dependency is explained in a decision: what for, and under which licence."""
    project = root / "pyproject.toml"
    if not project.exists():
        return []
    said = "\n".join(path.read_text("utf-8") for path in root.glob("docs/adr/*.md")).lower()
    return [
        f"pyproject.toml:{line}: {name} is explained in no decision (docs/adr)"
        for line, name in _libraries(project.read_text("utf-8"))
        if not re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", said)
    ]


def _libraries(project: str) -> list[tuple[int, str]]:
    """Names of direct dependencies, each with the line that asks for it."""
    asked = tomllib.loads(project)
    groups = [asked.get("project", {}).get("dependencies", [])]
    groups += asked.get("dependency-groups", {}).values()
    lines = project.splitlines()
    return [
        (1 + next(number for number, line in enumerate(lines) if wanted in line), found[0])
        for group in groups
        for wanted in group
        if (found := re.match(r"[\w.-]+", wanted))
    ]


def _comments(module: Module) -> list[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(module.text).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def _fault(comment: str) -> str:
    if WHOLE_FILE.search(comment):
        return "excuses a whole file"
    if TYPE_EXCUSE.search(comment) and not GOOD_TYPE_EXCUSE.search(comment):
        return "type: ignore without code or reason"
    if LINT_EXCUSE.search(comment) and not GOOD_LINT_EXCUSE.search(comment):
        return "noqa without code or reason"
    return ""


def _swallows(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return _catches_all(node.type) and all(_does_nothing(each) for each in node.body)
    return (
        isinstance(node, ast.Call)
        and last_name(node.func) == "suppress"
        and any(_catches_all(argument) for argument in node.args)
    )


def _catches_all(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    if isinstance(caught, ast.Tuple):
        return any(_catches_all(each) for each in caught.elts)
    return last_name(caught) in EVERYTHING_ELSE


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return):
        return node.value is None or isinstance(node.value, ast.Constant)
    is_remark = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_remark or isinstance(node, ast.Pass | ast.Continue | ast.Break)
