"""The page of all settings, generated from the settings classes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from services.intake.settings import IntakeSettings
from services.notifier.settings import NotifierSettings
from services.publisher.settings import PublisherSettings
from services.router.settings import RouterSettings
from shared.access.settings import AccessSettings
from shared.audit.settings import AuditSettings
from shared.platform.app.topic_bootstrap import BootstrapSettings
from shared.platform.runtime.settings import SHARED_PREFIX, ServiceSettings
from tools.k8s.meanings import MEANINGS
from tools.k8s.place import ROOT

PAGE = "docs/settings.md"
SERVICES: dict[str, type[ServiceSettings]] = {
    "intake": IntakeSettings,
    "router": RouterSettings,
    "notifier": NotifierSettings,
    "publisher": PublisherSettings,
}
OTHERS: dict[str, type[BaseSettings]] = {
    "shared.audit": AuditSettings,
    "shared.access": AccessSettings,
    "shared.platform.app.topic_bootstrap": BootstrapSettings,
}
HEAD = (
    "# 设置 · Settings\n\n"
    "Generated from the settings classes by `python -m tools.k8s write`. A variable of a service's "
    "own goes before the shared\none; both go before a file of that name in `MAILBOX_SECRETS_DIR`. "
    "What is missing or wrong ends the start with a\nsentence that names the variable.\n\n"
    "以下由设置类生成。服务自己的变量优先于共用变量，变量优先于 `MAILBOX_SECRETS_DIR` "
    "中的同名文件；\n缺少或有误时启动即止，并指明变量名。\n"
)
ROW = "| `{}` | {} | {} | {} |\n"
TABLE = (
    "\n| 变量 variable | 默认 default | 可取 accepted | 作用 what it does |\n|---|---|---|---|\n"
)


class Untold(Exception):
    """A setting without a description. Names its class and field."""


def page() -> str:
    """The whole page. Raises: Untold."""
    return HEAD + "".join(_sections())


def variables(settings: type[BaseSettings]) -> dict[str, str]:
    """Every variable that the class reads, with its field; own variables first."""
    own = settings.model_config.get("env_prefix", "")
    return {f"{p}{f}".upper(): f for p in (own, SHARED_PREFIX) for f in settings.model_fields}


def _sections() -> Iterator[str]:
    yield "\n## 所有服务 · Every service\n"
    yield TABLE + "".join(_rows(ServiceSettings, SHARED_PREFIX, list(ServiceSettings.model_fields)))
    for name, kind in (*SERVICES.items(), *OTHERS.items()):
        prefix = kind.model_config.get("env_prefix") or SHARED_PREFIX
        yield f"\n## {name}\n{TABLE}" + "".join(_rows(kind, prefix, own_fields(kind)))


def own_fields(settings: type[BaseSettings]) -> list[str]:
    """The fields that the class defines or redefines; of a service all that not every one has."""
    of_all = ServiceSettings.model_fields if issubclass(settings, ServiceSettings) else None
    return [
        field
        for field in settings.model_fields
        if field in settings.__annotations__ or (of_all is not None and field not in of_all)
    ]


def _rows(settings: type[BaseSettings], prefix: str, fields: list[str]) -> Iterator[str]:
    schema = settings.model_json_schema()["properties"]
    for name in fields:
        field = settings.model_fields[name]
        meaning = MEANINGS.get(name) or (field.description or "").replace("\n", " ")
        if not meaning:
            raise Untold(f"{settings.__name__}.{name}: say what it does in a docstring below it")
        is_below = settings is ServiceSettings and name in own_fields(IntakeSettings)
        default = "见下 below" if is_below else _default(field)
        yield ROW.format(f"{prefix}{name}".upper(), default, _accepted(schema[name]), meaning)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**必填 required**"
    if field.default is None or field.default == ():
        return "—"
    if isinstance(field.default, Path) and field.default.is_relative_to(ROOT):
        return f"`{field.default.relative_to(ROOT)}`"
    if isinstance(field.default, BaseModel):
        return f"`{field.default.model_dump_json()}`"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _accepted(schema: dict[str, Any]) -> str:
    """Format as `1 … 65535`, or the type if there are no limits."""
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    one = schema | kinds[0] if kinds else schema
    if "enum" in one:
        return " ".join(f"`{value}`" for value in one["enum"])
    least = one.get("minimum", one.get("exclusiveMinimum"))
    most = one.get("maximum", one.get("exclusiveMaximum"))
    if least is not None or most is not None:
        return f"{least} … {most}"
    if one.get("writeOnly"):
        return "secret"
    return str(one.get("format", one.get("type", "JSON")))
