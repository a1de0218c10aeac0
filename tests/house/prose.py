"""Rules: every public thing has a docstring that adds to its name."""

import ast
import re
from pathlib import Path

from tests.house.source import EVERYTHING, Function, Module, decorators, modules, public, texts

SAYS_NOTHING = {
    "a", "an", "and", "as", "be", "by", "class", "for", "from", "function", "get", "gets", "given",
    "in", "is", "it", "its", "method", "module", "of", "on", "or", "return", "returns", "set",
    "that", "the", "this", "to", "which", "with",
}  # fmt: skip
SENTENCE = re.compile(r"^[\W_]*[A-Z0-9`/\u4e00-\u9fff]|^[a-z]+[_./(<-]")
"""A capital, a digit, code or a Chinese character opens it, or a name that is spelt in small."""

LEFT_FOR_LATER = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b")


def docstrings(root: Path) -> list[str]:
    """Modules, public classes and public functions have one; its first line is a sentence."""
    return [
        finding
        for module in modules(root, *EVERYTHING)
        for finding in [*_module(module), *_definitions(module)]
    ]


def nothing_left_for_later(root: Path) -> list[str]:
    """No mark of unfinished work."""
    return [
        f"{name}:{number}: left for later"
        for name, content in texts(root)
        for number, line in enumerate(content.splitlines(), 1)
        if LEFT_FOR_LATER.search(line)
    ]


def _module(module: Module) -> list[str]:
    if not module.tree.body and module.path.name == "__init__.py" and _is_inner(module):
        return []
    return [module.finding(1, fault) for fault in _faults(module.tree, module.path.stem)]


def _is_inner(module: Module) -> bool:
    """Whether this is an empty marker below tests, where folders are no packages of their own."""
    return module.name.startswith("tests/")


def _definitions(module: Module) -> list[str]:
    return [
        module.finding(node, f"{node.name}: {fault}")
        for owner, node in public(module.tree)
        if not (_is_exempt(node) or module.is_test or _is_private(owner))
        for fault in _faults(node, node.name)
    ]


def _is_exempt(node: ast.ClassDef | Function) -> bool:
    return bool({"overload", "override", "setter"} & decorators(node))


def _is_private(owner: ast.ClassDef | None) -> bool:
    return owner is not None and owner.name.startswith("_")


def _faults(node: ast.Module | ast.ClassDef | Function, name: str) -> list[str]:
    text = ast.get_docstring(node)
    if not text:
        return ["no docstring"]
    first = text.splitlines()[0].strip()
    faults = []
    if not SENTENCE.match(first) or not re.search(r"[.?!:。？！：][)`\"'」]*$", first):
        faults.append("the docstring's first line is no sentence")
    if name != "__init__" and _restates(first, name):
        faults.append("the docstring only restates the name")
    return faults


def _restates(sentence: str, name: str) -> bool:
    said = {_stem(word) for word in re.findall(r"[A-Za-z]+", sentence.lower())}
    known = {_stem(word) for word in re.findall(r"[a-z]+", _spaced(name))}
    return not re.search(r"[\u4e00-\u9fff0-9]", sentence) and said - SAYS_NOTHING <= known


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def _stem(word: str) -> str:
    """The word without the ending that its grammar asks for."""
    if word in SAYS_NOTHING:
        return word
    return re.sub(r"(?<=\w{3})(?:ing|ed|es|s|e)$", "", word)
