"""Builds instances around a seed and looks for it in their reprs, which must show no secret."""

import dataclasses
import importlib
import importlib.util
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from types import ModuleType

from pydantic import BaseModel, SecretBytes, SecretStr

SEED = "种子-4417-seed"
"""Invented values that no repr may hold."""

PERSONAL = {
    "address", "body", "comment", "email", "id_number", "note", "phone", "plain", "plaintext",
    "reply", "text", "wechat",
}  # fmt: skip
KEYS = {
    "authorization", "blind_index", "credential", "k", "mongo_uri", "password", "pepper", "private",
    "private_jwk", "private_jwks", "private_key", "private_keys", "secret", "secrets", "token",
    "uri",
}  # fmt: skip
OF_A_PERSON = {"name", "subject", "title"}
"""Harmless alone (a topic has a name too); a person's or a letter's beside one of PERSONAL."""


def classes(*packages: str) -> list[type]:
    """Every dataclass and pydantic model that these packages define, imported to be looked at."""
    found = {
        member
        for package in packages
        for module in _modules(package)
        for member in vars(module).values()
        if inspect.isclass(member) and member.__module__ == module.__name__
        if dataclasses.is_dataclass(member) or issubclass(member, BaseModel)
    }
    return sorted(found, key=lambda each: (each.__module__, each.__qualname__))


def shown_secrets(kind: type) -> list[str]:
    """The secret fields of `kind` that its repr or str shows, one by one."""
    annotations = _annotations(kind)
    names = set(annotations)
    secret = names & (PERSONAL | KEYS) | (names & OF_A_PERSON if names & PERSONAL else set())
    wordy = {name for name in names if any(_is_words(part) for part in _parts(annotations[name]))}
    return [
        f"{kind.__module__}.{kind.__qualname__}.{name}: its repr shows it"
        for name in sorted(secret | wordy)
        if (seed := _seed(annotations[name])) is not None
        if _shows(_instance(kind, {name: seed}, names))
    ]


def _modules(package: str) -> Iterator[ModuleType]:
    if importlib.util.find_spec(package) is None:
        return
    root = importlib.import_module(package)
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not found.name.endswith(".__main__"):
            yield importlib.import_module(found.name)


def _annotations(kind: type) -> dict[str, object]:
    if issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}  # type: ignore[arg-type]  # classes() gave a dataclass


def _parts(annotation: object) -> Iterator[object]:
    """The types that an annotation is made of."""
    yield annotation
    for part in typing.get_args(annotation):
        yield from _parts(part)


def _is_words(part: object) -> bool:
    return inspect.isclass(part) and any(each.__name__ == "Clear" for each in part.__mro__)


def _seed(annotation: object) -> object:
    """A value of the annotated kind that carries the seed; None when none of ours can."""
    parts = list(_parts(annotation))
    for part in parts:
        if inspect.isclass(part) and _is_words(part) and part.__name__ != "Clear":
            names = set(_annotations(part))
            return _instance(part, dict.fromkeys(names, SEED), names)
    simple: dict[object, object] = {
        SecretStr: SecretStr(SEED),
        SecretBytes: SecretBytes(SEED.encode()),
        str: SEED,
        bytes: SEED.encode(),
    }
    return next((simple[part] for part in parts if part in simple), None)


def _instance(kind: type, seeds: dict[str, object], names: set[str]) -> object:
    """An instance around the seeds, without validation, so that nothing else needs to be known."""
    values = dict.fromkeys(names) | seeds
    if issubclass(kind, BaseModel):
        return kind.model_construct(None, **values)
    made = object.__new__(kind)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def _shows(made: object) -> bool:
    shown = f"{made!r} {made!s}"
    return SEED in shown or repr(SEED.encode())[2:-1] in shown
