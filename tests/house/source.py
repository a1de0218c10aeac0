"""The input of the rules: the project's own files, parsed once. Reads the disk, changes nothing."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("services", "shared", "clients", "deploy", "tools")
EVERYTHING = (*PRODUCT, "tests")
PURE = (
    "services/*/domain",
    "services/*/domain.py",
    "shared/kernel",
    "shared/rules",
    "shared/contracts",
)
NOT_OURS = {".git", ".venv", ".stack", ".local", "__pycache__", "node_modules"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file below a root."""

    root: Path
    path: Path

    @cached_property
    def name(self) -> str:
        """The path from the root, as a finding shows it."""
        return self.path.relative_to(self.root).as_posix()

    @cached_property
    def text(self) -> str:
        """The source as written."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The source as parsed."""
        return ast.parse(self.text, self.name)

    @property
    def is_test(self) -> bool:
        """Whether pytest collects it: names are sentences there, and need no second one."""
        return self.path.name.startswith("test_") or self.path.name == "conftest.py"

    def finding(self, where: ast.AST | int, what: str) -> str:
        """One line for the reader: place first, so that an editor can jump to it."""
        line = where if isinstance(where, int) else getattr(where, "lineno", 1)
        return f"{self.name}:{line}: {what}"


def modules(root: Path, *places: str) -> list[Module]:
    """Every Python file under `places` (folders or files, wildcards allowed), in path order."""
    found = {
        path
        for place in places
        for start in root.glob(place)
        for path in ([start] if start.is_file() else start.rglob("*.py"))
        if path.suffix == ".py" and not NOT_OURS & set(path.relative_to(root).parts)
    }
    return [parsed(root, path, path.stat().st_mtime_ns) for path in sorted(found)]


@cache
def parsed(root: Path, path: Path, _modified_ns: int) -> Module:
    """The same module for every rule, as long as its file isn't modified."""
    return Module(root, path)


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def public(tree: ast.Module) -> Iterator[tuple[ast.ClassDef | None, ast.ClassDef | Function]]:
    """Public classes, their public methods and public functions, each with its class."""
    pending: list[tuple[ast.ClassDef | None, ast.stmt]] = [(None, node) for node in tree.body]
    while pending:
        owner, node = pending.pop(0)
        if isinstance(node, ast.If | ast.Try):
            pending += [(owner, inner) for inner in node.body]
        elif isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield owner, node
            if isinstance(node, ast.ClassDef):
                pending += [(node, inner) for inner in node.body]


def decorators(node: ast.ClassDef | Function) -> set[str]:
    """The last words of a definition's decorators: `router.put(...)` is `put`."""
    called = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    return {last_name(each) for each in called}


def last_name(node: ast.AST) -> str:
    """The last word of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def imported(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every imported module, and `module.name` for names imported from one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def texts(root: Path) -> list[tuple[str, str]]:
    """Name and content of every file that is, or is about to be, under version control."""
    return [
        (name, content) for name in tracked(root) if (content := _readable(root / name)) is not None
    ]


def tracked(root: Path) -> list[str]:
    """Paths that a commit of everything would hold; outside a repository, all but leftovers."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others"]
    if (root / ".git").exists():
        listed = subprocess.run([*command, "--exclude-standard"], capture_output=True, check=True)
        names = listed.stdout.decode().split("\0")
    else:
        names = [path.relative_to(root).as_posix() for path in root.rglob("*")]
    return sorted(
        name for name in names if (root / name).is_file() and not NOT_OURS & set(Path(name).parts)
    )


def _readable(path: Path) -> str | None:
    content = path.read_bytes()
    if b"\0" in content:
        return None
    return content.decode("utf-8", "replace")
