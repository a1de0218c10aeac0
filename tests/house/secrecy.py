"""Rules: log lines, committed files and exception handlers give nothing away."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shared.platform.runtime.logs import FIELDS
from tests.house.source import PRODUCT, last_name, modules, texts

LEVELS = {"critical", "debug", "error", "exception", "info", "log", "warn", "warning"}
LOGGERS = {"log", "logger", "logging", "_log", "_logger"}

NEVER_A_FIELD = {
    "address", "authorization", "body", "comment", "contact", "email", "id_number", "identity",
    "name", "note", "own_spans", "password", "phone", "plain", "plaintext", "private_key", "reply",
    "secret", "subject", "text", "title", "token", "value", "wechat", "words",
}  # fmt: skip
NEVER_A_VALUE = NEVER_A_FIELD - {"name", "subject", "title", "value"} | {"get_secret_value"}
"""`event.subject` is a letter number and `topic.name` a topic: as sources these are harmless."""

PYTHONS_OWN = {"exc_info", "extra", "stack_info", "stacklevel"}
"""Arguments of every log call; `extra` counts as one where its names can't be read here."""

MACHINE = re.compile(r"(?<![\w.\-/}>~])/(?:home|root|Users|work)/(?=\w)|[A-Z]:\\\\?Users\\")
REGISTRIES = re.compile(
    r"\b(?:pypi[.]org|pythonhosted[.]org|registry[.]npmjs[.]org|registry[.]yarnpkg[.]com"
    r"|proxy[.]golang[.]org|repo1?[.]maven[.](?:apache[.])?org|crates[.]io"
    r"|(?:docker|quay|ghcr|gcr)[.]io|deb[.]debian[.]org)\b"
)
ADDRESS = re.compile(r"\b(?:index-url|extra-index-url|index_url)\b\s*[=:]?\s*[\"']?https?:")


def constant_log_messages(root: Path) -> list[str]:
    """A log message is a constant; what varies goes into fields, where a reader can ask for it."""
    return [
        module.finding(call, "log message is not a constant alone: fields go into `extra`")
        for module in modules(root, *PRODUCT)
        for call in _log_calls(module.tree)
        if not _is_constant(call)
    ]


def no_words_in_logs(root: Path) -> list[str]:
    """No field of a log line, bound or given, carries people's words or identity."""
    return [
        module.finding(call, f"logs {name!r}")
        for module in modules(root, *PRODUCT)
        for call in [*_log_calls(module.tree), *_bound_calls(module.tree)]
        for name in sorted(_words_of(call))
    ]


def known_fields(root: Path) -> list[str]:
    """The logger drops unlisted fields, so nobody would read them."""
    return [
        module.finding(call, f"logs {name!r}, which is not among the fields of `logs.FIELDS`")
        for module in modules(root, *PRODUCT)
        for call in _log_calls(module.tree)
        for name, _ in _fields(call)
        if name and name not in FIELDS | PYTHONS_OWN
    ]


def no_errors_in_logs(root: Path) -> list[str]:
    """A caught error is logged by its type: its text may quote its input."""
    return [
        module.finding(call, f"logs the text of {handler.name!r}: log its type or code")
        for module in modules(root, *PRODUCT)
        for handler in ast.walk(module.tree)
        if isinstance(handler, ast.ExceptHandler) and handler.name
        for call in _log_calls(handler)
        if any(_is_whole(value, handler.name) for value in _values(call))
    ]


def no_place_names(root: Path) -> list[str]:
    """No path of a machine and no registry's host in anything that is committed."""
    return [
        f"{name}:{number}: {what}"
        for name, content in texts(root)
        for number, line in enumerate(content.splitlines(), 1)
        for what, pattern in (
            ("path of a machine", MACHINE),
            ("host of a registry", REGISTRIES),
            ("host of a registry", ADDRESS),
        )
        if pattern.search(line)
    ]


def _log_calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in LEVELS and _is_logger(node.func.value)
    )


def _bound_calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and last_name(node.func) == "bound"
    )


def _is_logger(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return last_name(node.func) == "getLogger"
    return last_name(node).lower() in LOGGERS


def _is_constant(call: ast.Call) -> bool:
    """Whether one string literal is all that comes by position (after the level of `log`)."""
    match call.args[1:] if last_name(call.func) == "log" else call.args:
        case [ast.Constant(value=str())]:
            return True
        case _:
            return False


def _fields(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Names and values of the fields that a log call or `bound` is given."""
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Dict):
            for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                yield str(key.value) if isinstance(key, ast.Constant) else "", value
        elif keyword.arg:
            yield keyword.arg, keyword.value


def _values(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (value for _, value in _fields(call))


def _words_of(call: ast.Call) -> set[str]:
    named = {name for name, _ in _fields(call)} & NEVER_A_FIELD
    sources = {last_name(node) for value in _values(call) for node in ast.walk(value)}
    return named | sources & NEVER_A_VALUE


def _is_whole(value: ast.expr, name: str) -> bool:
    """Whether `value` shows the error itself rather than its type or one of its codes."""
    if isinstance(value, ast.Call) and last_name(value.func) in {"str", "repr", "format"}:
        return any(last_name(argument) == name for argument in value.args)
    if isinstance(value, ast.JoinedStr):
        return any(_is_whole(part, name) for part in value.values)
    if isinstance(value, ast.FormattedValue):
        return _is_whole(value.value, name)
    return isinstance(value, ast.Name) and value.id == name
