"""Refusals over HTTP: problems by RFC 9457, in Chinese and English.

A problem names a code and fields of our own schema, and nothing from the request: no value, no
unknown name, no path, no header, and no exception text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.kernel.errors import NOTHING_MORE, BadValue, Refused

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20
UNNAMED = "*"
"""Stands for a name that is not in our schema."""

TITLES: Mapping[str, str] = {
    "already_done": "此事已办结，不能重复 · already done",
    "backlog": "来信暂时积压，请稍后再试 · too much waits, please try again later",
    "bad_value": "有内容不合规定 · a value is not acceptable",
    "busy": "系统繁忙，请稍后再试 · busy, please try again in a moment",
    "changed": "内容已在别处修改，请核对后再保存 · changed elsewhere, compare and save again",
    "crime_report": "这是报案，请先看下列办法 · this is a crime report, please read where to turn",
    "emergency": "可能是紧急警情：请立即拨打 110 · this may be an emergency: call 110 now",
    "emergency_not_kept": "请立即拨打 110，来信未能保存 · call 110 now: your letter was not kept",
    "entry_not_registered": "该来信渠道未登记 · this client may not use that entry or channel",
    "file_broken": "文件已损坏，无法读取 · the file is broken and can't be read",
    "file_complex": "文件过于复杂，请缩小后再传 · too complex, please send a smaller version",
    "file_encrypted": "文件已加密，请解除密码后再传 · encrypted, please remove its password first",
    "file_refused": "文件未通过检查，不予提供 · the file was refused: nobody gets it",
    "file_type": "只能上传图片（JPEG、PNG、WebP、HEIC）和 PDF · send JPEG, PNG, WebP, HEIC or PDF",
    "guardian_needed": "不满十四周岁须经监护人同意：请填写监护人姓名、电话和关系 · "
    "under 14 a guardian must agree: give the guardian's name, phone and relation",
    "happening_now": "现在正在发生吗？如是，请拨打 110 · is it happening now? If so, call 110",
    "headers_too_large": "请求头过长 · request headers too large",
    "id_reused": "该请求编号已用于其他内容 · request id used for something else",
    "internal": "系统内部错误，请稍后再试 · internal error, please try again later",
    "invalid": "填写的内容有误 · some fields are not valid",
    "limit": "已达到数量上限 · limit reached",
    "malformed": "请求无法识别 · the request cannot be read",
    "method_not_allowed": "不支持此操作 · method not allowed",
    "needs_grant": "须由另一人批准后方可查看 · another person must grant this first",
    "not_allowed": "没有权限 · not allowed",
    "not_found": "没有找到 · not found",
    "not_json": "请以 JSON 格式提交 · send JSON",
    "not_police": "此事不归公安机关办理 · this is not a matter for the police",
    "not_ready": "系统暂时不可用，请稍后再试 · not ready, please try again later",
    "not_signed_in": "请先登录 · please sign in",
    "notice_not_current": "写信须知已更新，请阅读现行版本后再提交 · "
    "the notice has changed: show the current version and send again",
    "out_of_order": "当前状态下不能这样办理 · not possible in the present state",
    "private_key": "请勿提交私钥，此密钥须作废重做 · never send a private key: make a new pair",
    "same_matter": "您已有相同内容的来信 · you have an open letter on the same matter",
    "sign_in_again": "请重新登录后再办理 · please sign in again",
    "stale_assignment": "信件已不由本单位办理 · no longer held by you",
    "still_kept": "依规定仍须保存，到期方可删除 · a rule keeps this until a later day",
    "timeout": "请求超时 · the request took too long",
    "too_large": "提交的内容过长 · too large",
    "too_late": "已超过办理期限 · too late",
    "wrong_code": "验证码不正确 · the code is not right",
    "too_often": "操作过于频繁，请稍后再试 · too often, please try again later",
    "waiting": "文件仍在检查，请稍后再取 · the file is still being checked, fetch it later",
}
DETAILS: Mapping[str, str] = {
    "Idempotency-Key": "请求头 Idempotency-Key 须为 8 至 200 个字母、数字或 _ . : -，"
    "每办一件新事换一个，重发时不换 · "
    "send the header Idempotency-Key: 8 to 200 letters, digits and _ . : -, "
    "another one for each new thing, the same one to repeat it",
}
"""What to do about a field if its code alone doesn't say so."""
CODES: Mapping[int, str] = {
    400: "malformed",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    409: "out_of_order",
    410: "file_refused",
    412: "changed",
    413: "too_large",
    415: "not_json",
    422: "invalid",
    429: "too_often",
    431: "headers_too_large",
    500: "internal",
    503: "not_ready",
}
CODES_OF_RULES: Mapping[int, tuple[str, ...]] = {
    401: ("sign_in_again",),
    409: ("already_done", "stale_assignment", "too_late"),
    422: ("bad_value", "id_reused"),
    429: ("limit",),
    503: ("busy",),
}
"""Codes besides the usual one that every service can return with a status."""
_PASSED_ON = {"allow", "retry-after", "www-authenticate"}

FieldError = Mapping[str, str]


class Fault(BaseModel):
    """A field that is not valid."""

    field: str
    """Its name, with dots; `*` stands for a name that is not in our schema."""
    code: str


class Problem(BaseModel):
    """Why a request was not fulfilled (RFC 9457), in Chinese and English."""

    model_config = ConfigDict(extra="allow")

    type: str
    """`/problems/` and the code."""
    title: str
    """For people."""
    status: int
    code: str
    """For programs: codes may be added, so treat an unknown one by its status."""
    errors: list[Fault] | None = None
    """For 422 `invalid` and `bad_value`: at most twenty fields."""


def problem(
    status: int,
    code: str | None = None,
    *,
    errors: Iterable[FieldError] = (),
    members: Mapping[str, Any] = NOTHING_MORE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as a response; without `code`, the usual one of `status`.

    `members`: further members, from our own data and never from the request.
    """
    code = code or _usual(status)
    content = {
        "type": f"/problems/{code}",
        "title": TITLES.get(code) or TITLES[_usual(status)],
        "status": status,
        "code": code,
        **members,
    }
    listed = list(errors)
    body = orjson.dumps({**content, "errors": listed} if listed else content)
    return Response(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


async def on_refused(_: Request, refused: Exception) -> Response:
    """Answer a refusal by a rule; a hidden thing is answered like a missing one."""
    if not isinstance(refused, Refused):
        raise refused
    errors = (
        [{"field": str(refused), "code": refused.code}] if isinstance(refused, BadValue) else []
    )
    return problem(
        refused.status,
        None if refused.status == 404 else refused.code,
        errors=errors,
        members=refused.members,
        headers={**({"retry-after": "5"} if refused.status == 503 else {}), **refused.headers},
    )


async def on_http(_: Request, fault: Exception) -> Response:
    """Answer a refusal by the framework, without its text."""
    if not isinstance(fault, HTTPException):
        raise fault
    given_headers = fault.headers or {}
    headers = {name: value for name, value in given_headers.items() if name.lower() in _PASSED_ON}
    return problem(fault.status_code, headers=headers)


async def on_invalid(request: Request, invalid: Exception) -> Response:
    """Answer input that the schema doesn't allow; an invalid path leads nowhere (404)."""
    if not isinstance(invalid, RequestValidationError):
        raise invalid
    found = invalid.errors()
    if any(error["type"] == "json_invalid" for error in found):
        return problem(400)
    if any(error["loc"][:1] == ("path",) for error in found):
        return problem(404)
    known = _known(dependant_of(request.scope))
    errors = list(_errors(found, known))[:MAX_ERRORS]
    detail = next((DETAILS[each["field"]] for each in errors if each["field"] in DETAILS), None)
    return problem(422, errors=errors, members={"detail": detail} if detail else NOTHING_MORE)


def dependant_of(scope: Mapping[str, Any]) -> Any:
    """The dependencies of the request's route, in FastAPI's form; None without a route."""
    return getattr(route_of(scope), "dependant", None)


def route_of(scope: Mapping[str, Any]) -> Any:
    """The route that serves this request, with the prefix under which it was included."""
    return scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")


def _usual(status: int) -> str:
    return CODES.get(status) or ("internal" if status >= 500 else "malformed")


def _errors(found: Sequence[Any], known: frozenset[str]) -> Iterator[FieldError]:
    for error in found:
        place, *rest = error["loc"]
        parts = [_part(part, known) for part in rest] or [_part(place, known | {"body"})]
        yield {"field": ".".join(parts), "code": error["type"]}


def _part(part: object, known: frozenset[str]) -> str:
    if isinstance(part, int):
        return str(part)
    return part if isinstance(part, str) and part in known else UNNAMED


def _known(dependant: Any) -> frozenset[str]:
    """Every name that a route's parameters and bodies can have."""
    if dependant is None:
        return frozenset()
    names: set[str] = set()
    for dependency in (*dependant.dependencies, None):
        if dependency is not None:
            names |= _known(dependency)
    for kind in ("query_params", "header_params", "cookie_params", "body_params"):
        for parameter in getattr(dependant, kind):
            names |= {parameter.name, parameter.alias}
            names |= _names_within(parameter.field_info.annotation)
    return frozenset(names)


@cache
def _names_within(annotation: Any) -> frozenset[str]:
    """The names of all fields of all models in a type."""
    names: set[str] = set()
    seen: set[type[BaseModel]] = set()
    waiting = [annotation]
    while waiting:
        candidate = waiting.pop()
        waiting.extend(get_args(candidate))
        if (
            not isinstance(candidate, type)
            or not issubclass(candidate, BaseModel)
            or candidate in seen
        ):
            continue
        seen.add(candidate)
        for name, field in candidate.model_fields.items():
            names |= {alias for alias in (name, field.alias) if alias}
            if isinstance(field.validation_alias, str):
                names.add(field.validation_alias)
            waiting.append(field.annotation)
    return frozenset(names)
