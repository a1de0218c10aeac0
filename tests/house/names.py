"""Rule that a class name means one thing in the whole product."""

import ast
from pathlib import Path

from tests.house.source import PRODUCT, modules

CONTRACTS = {
    "AnswerInstruction", "ClockShown", "Complained", "DraftShown", "LetterShown", "Note",
    "PromiseShown", "ProposePublication", "PublicationShown", "Refused", "Return",
}  # fmt: skip
"""Names that are contracts: components of released OpenAPI documents, kinds of words and actions,
names in stored idempotency digests, and the public API of the library for bureaus."""


def unique_class_names(root: Path) -> list[str]:
    """A class name is unique in the product."""
    first: dict[str, str] = {}
    found = []
    for module in modules(root, *PRODUCT):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and node.name not in CONTRACTS:
                here = f"{module.name}:{node.lineno}"
                if (other := first.setdefault(node.name, here)) != here:
                    found.append(module.finding(node, f"{node.name} is a class in {other}, too"))
    return found
