"""The pages of a service: environment of templates, static files, switches, problem pages."""

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Protocol

from fastapi import APIRouter, FastAPI, Query, Request
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from starlette.responses import RedirectResponse, Response
from typing_extensions import override

from shared.contracts.bilingual import Bilingual
from shared.kernel.errors import BadValue, NotAllowed
from shared.platform.http.application import open_to_all
from shared.platform.http.identity import check_same_site
from shared.platform.http.problems import CODES, TITLES
from shared.platform.runtime.clock import Now
from shared.web import style_guide
from shared.web.addresses import local_path
from shared.web.formats import Formats
from shared.web.forms import FormFields, parse_form
from shared.web.language import ELDER_COOKIE, LANG_COOKIE, LANGS, Lang, Words, words_of
from shared.web.printed import printed
from shared.web.qr_code import qr_code
from shared.web.rendering import Entry, Site, page, session_in
from shared.web.static_files import asset, static_file

HERE: Final = Path(__file__).parent
KEPT_FOR_S: Final = 365 * 24 * 3600
JSON: Final = {"application/json", "application/problem+json"}
FORM: Final = "application/x-www-form-urlencoded"
UPLOAD: Final = "multipart/form-data"
OF_A_BODY: Final = {"content-length", "content-type"}


class PageSettings(Protocol):
    """The settings that pages need."""

    @property
    def office_time(self) -> Now:
        """The office's clock."""

    @property
    def is_development(self) -> bool:
        """Whether this is not the real mailbox."""


Handler = Callable[[Request, Any], Response | Awaitable[Response]]


class CompiledTemplates(BytecodeCache):
    """The compiled templates of one language, for all applications of the process.

    Not of both: labels of constants are translated while a template is compiled.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    @override
    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    @override
    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED: Final = {lang: CompiledTemplates() for lang in LANGS}

files = APIRouter(include_in_schema=False)


def install(
    app: FastAPI,
    *,
    settings: PageSettings,
    service: str,
    templates: Path | None = None,
    locale: Path | None = None,
    entries: Sequence[Entry] = (),
) -> None:
    """Give `app` its pages; call it after the application's exception handlers are added."""
    words = {lang: words_of(lang, *((locale,) if locale else ())) for lang in LANGS}
    folders = [HERE / "templates"] if templates is None else [templates, HERE / "templates"]
    app.state.site = Site(
        service=service,
        environments={
            lang: _environment(folders, Formats(words[lang], settings.office_time))
            for lang in LANGS
        },
        words=words,
        entries=tuple(entries),
        is_development=settings.is_development,
    )
    app.include_router(files)
    if settings.is_development:
        app.include_router(style_guide.router)
    app.state.as_viewed = as_viewed
    app.state.printed = printed
    for fault, handler in list(app.exception_handlers.items()):
        app.exception_handlers[fault] = _viewed(handler)


def _environment(folders: Sequence[Path], formats: Formats) -> Environment:
    """Templates of one language."""
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
        bytecode_cache=COMPILED[formats.words.lang],
    )
    _translate_in(environment, formats.words)
    environment.filters.update(formats.filters)
    environment.filters["qr_code"] = qr_code
    environment.globals["asset"] = asset
    environment.policies["ext.i18n.trimmed"] = True
    return environment


def _translate_in(environment: Environment, words: Words) -> None:
    def for_number(one: str, many: str, number: int) -> str:
        return words.for_number(one, many, number=number)

    installed: Any = environment
    installed.install_gettext_callables(words.gettext, for_number, newstyle=True)


def _serve(name: str, *, media_type: str, folder: str = "") -> None:
    @files.get(f"{folder}/{name}")
    @open_to_all
    async def show_file(request: Request) -> Response:
        """A file that every page may need."""
        return static_file(request, name, media_type=media_type)


_serve("favicon.svg", media_type="image/svg+xml")
_serve("favicon.ico", media_type="image/x-icon")
_serve("mailbox.css", media_type="text/css", folder="/static")
for _script in ("mailbox.js", "mailbox-receipts.js"):
    _serve(_script, media_type="text/javascript", folder="/static")


@files.get("/display")
@open_to_all
async def switch_display(
    request: Request,
    lang: Lang | None = None,
    elder: bool | None = None,
    to: Annotated[str | None, Query(max_length=1_000)] = None,
) -> Response:
    """Keep the language or the mode in a cookie, and go back."""
    answer = RedirectResponse(local_path(to), status_code=303)
    chosen = {LANG_COOKIE: lang, ELDER_COOKIE: None if elder is None else str(int(elder))}
    for name, value in chosen.items():
        if value is not None:
            answer.set_cookie(
                name,
                value,
                max_age=KEPT_FOR_S,
                secure=not request.app.state.site.is_development,
                httponly=True,
                samesite="lax",
            )
    return answer


def as_viewed(request: Request, answer: Response, *, typed: FormFields | None = None) -> Response:
    """The answer; a problem as a page if a browser shows it. `typed`: what can be sent again."""
    is_page = answer.status_code >= 400 and _wants_page(request)
    return problem_page(request, answer, typed=typed) if is_page else answer


def _viewed(handler: Handler) -> Handler:
    async def handle(request: Request, fault: Any) -> Response:
        given = handler(request, fault)
        answer = given if isinstance(given, Response) else await given
        return as_viewed(request, answer, typed=await _typed(request, answer.status_code))

    return handle


async def _typed(request: Request, status: int) -> FormFields | None:
    """A form of ours that was sent while we were away, or whose session is over."""
    is_over = status == 403 and session_in(request) is None
    if not (is_over or status == 503) or _type_of(request) != FORM:
        return None
    try:
        check_same_site(request)
        return parse_form(await request.body())
    except (BadValue, NotAllowed):
        return None


def _is_words(value: str) -> bool:
    """Whether a person has typed it; codes and tokens are one word."""
    return re.search(r"[^\w.-]", value.strip(), re.ASCII) is not None


def _wants_page(request: Request) -> bool:
    """Whether a browser is viewing: it accepts `text/html`, which programs don't."""
    accepted = {
        part.partition(";")[0].strip().lower()
        for part in request.headers.get("accept", "").split(",")
    }
    is_viewed = request.method in {"GET", "HEAD"} or _type_of(request) in {FORM, UPLOAD}
    return is_viewed and "text/html" in accepted and not accepted & JSON


def _type_of(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def problem_page(
    request: Request, problem: Response, *, typed: FormFields | None = None
) -> Response:
    """The same answer as a page: its title, links, and a button that sends the form again."""
    status = problem.status_code
    zh, _, en = TITLES[CODES.get(status, "internal" if status >= 500 else "malformed")].partition(
        " · "
    )
    title = Bilingual(zh, en[:1].upper() + en[1:])
    more: dict[str, Any] = {"here": "/"} if status == 404 else {}
    if typed:
        more["words"] = [it for name in typed for it in typed.all(name) if _is_words(it)]
    shown = page(
        request, "problem.html", status=status, title=title, code=status, typed=typed, **more
    )
    kept = {name: value for name, value in problem.headers.items() if name not in OF_A_BODY}
    shown.headers.update(kept)
    return shown
