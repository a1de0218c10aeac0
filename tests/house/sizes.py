"""Rules: modules and functions are small enough to be read."""

from pathlib import Path
from statistics import median, quantiles

from tests.house.source import (
    EVERYTHING,
    PRODUCT,
    Function,
    Module,
    decorators,
    functions,
    modules,
    public,
)

MODULE_LINES = 400
MODULE_MEDIAN = 90
FUNCTION_LINES = 60
FUNCTION_P90 = 25
FUNCTION_MEDIAN = 8
ARGUMENTS = 6
BY_POSITION = 2
ENOUGH_TO_MEASURE = 10

NOT_CALLED_BY_US = {
    "delete", "exception_handler", "fixture", "get", "head", "middleware", "overload", "override",
    "patch", "post", "put",
}  # fmt: skip
"""Decorators of functions that a framework calls, or whose signature somebody else chose."""

ASGI = ("scope", "receive", "send")


def module_sizes(root: Path) -> list[str]:
    """No module above 400 lines; half of the product's, tests apart, at most 90."""
    found: list[str] = []
    product: list[int] = []
    for package in EVERYTHING:
        lines = {module: module.text.count("\n") for module in modules(root, package)}
        found += [
            module.finding(MODULE_LINES + 1, f"{size} lines, the hard stop is {MODULE_LINES}")
            for module, size in lines.items()
            if size > MODULE_LINES
        ]
        if package in PRODUCT:
            product += lines.values()
    if len(product) >= ENOUGH_TO_MEASURE and median(product) > MODULE_MEDIAN:
        found.append(f"median module {median(product)} lines, not {MODULE_MEDIAN}")
    return found


def function_sizes(root: Path) -> list[str]:
    """No function above 60 lines; in each package 9 of 10 at most 25 and half at most 8."""
    found = []
    for package in EVERYTHING:
        sizes = []
        for module in modules(root, package):
            for node in functions(module.tree):
                sizes.append(size := _lines(node))
                if size > FUNCTION_LINES:
                    found.append(
                        module.finding(node, f"{node.name}: {size} lines, stop is {FUNCTION_LINES}")
                    )
        found += _spread(package, sizes)
    return found


def arguments(root: Path) -> list[str]:
    """At most six arguments, and in public functions only two by position."""
    return [
        finding
        for module in modules(root, *EVERYTHING)
        for finding in [*_too_many(module), *_positional(module)]
    ]


def _lines(node: Function) -> int:
    """From `def` to the last line, the docstring too: all that a reader must look at."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _spread(package: str, sizes: list[int]) -> list[str]:
    if len(sizes) < ENOUGH_TO_MEASURE:
        return []
    found = []
    if (p90 := quantiles(sizes, n=10)[-1]) > FUNCTION_P90:
        found.append(f"{package}:1: p90 of its functions is {p90:.0f} lines, not {FUNCTION_P90}")
    if (middle := median(sizes)) > FUNCTION_MEDIAN:
        found.append(f"{package}:1: median function {middle} lines, not {FUNCTION_MEDIAN}")
    return found


def _too_many(module: Module) -> list[str]:
    return [
        module.finding(node, f"{node.name}: {count} arguments, at most {ARGUMENTS}")
        for node in functions(module.tree)
        if not (module.is_test or "override" in decorators(node) or _is_excused(module, node))
        if (count := len(_by_position(node)) + len(node.args.kwonlyargs)) > ARGUMENTS
    ]


def _is_excused(module: Module, node: Function) -> bool:
    """Whether the linter's rule of the same number was set aside there, with its reason."""
    return "noqa: PLR0913" in module.text.splitlines()[node.lineno - 1]


def _positional(module: Module) -> list[str]:
    if module.name.startswith("tests/"):
        return []
    nodes = [node for _, node in public(module.tree) if isinstance(node, Function)]
    nodes += [node for node in functions(module.tree) if node.name == "__init__"]
    return [
        module.finding(node, f"{node.name}: keyword-only after the second argument")
        for node in nodes
        if not NOT_CALLED_BY_US & decorators(node)
        if len(names := _by_position(node)) > BY_POSITION and tuple(names) != ASGI
    ]


def _by_position(node: Function) -> list[str]:
    names = [argument.arg for argument in [*node.args.posonlyargs, *node.args.args]]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names
