"""Forms with one file, which comes last: fields first, then the file's bytes as they arrive.

Nothing of the file is kept in memory or on disk here. The form's token is checked before the first
byte of the file is passed on.
"""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from shared.kernel.errors import BadValue, NotAllowed
from shared.platform.http.identity import check_same_site
from shared.web.forms import CSRF, MOST_FIELDS, FormFields
from shared.web.rendering import session_in

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MULTIPART: Final = "multipart/form-data"
MOST_BEFORE: Final = 16 * 1024
"""Bytes of all fields before the file."""
LONGEST_BOUNDARY: Final = 70
"""RFC 2046, section 5.1.1."""


@dataclass(slots=True)
class UploadForm:
    """A form that is being received. Not to be used twice."""

    request: Request
    fields: FormFields = field(default_factory=FormFields)
    file_name: str = field(default="", repr=False)
    """As the sender's device called it; not cleaned."""
    _pieces: deque[bytes] = field(default_factory=deque, repr=False)
    _values: dict[str, bytearray] = field(default_factory=dict, repr=False)
    _header: bytearray = field(default_factory=bytearray, repr=False)
    _value: bytearray = field(default_factory=bytearray, repr=False)
    _name: str = ""
    _is_file: bool = False
    _is_over: bool = False
    _size: int = 0
    _parser: MultipartParser | None = field(default=None, repr=False)
    _stream: AsyncIterator[bytes] | None = field(default=None, repr=False)

    @classmethod
    async def of(cls, request: Request) -> UploadForm:
        """The form up to the beginning of its file.

        Raises: BadValue for a form that no page sends; NotAllowed for another site or a wrong
        token.
        """
        check_same_site(request)
        form = cls(request, _stream=request.stream())
        form._parser = MultipartParser(_boundary(request), form._callbacks())
        while not form._is_file and not form._is_over:
            await form._more()
        form.fields = FormFields(
            {name: (value.decode(errors="replace"),) for name, value in form._values.items()}
        )
        session = session_in(request)
        given = form.fields.get(CSRF).encode()
        if session is None or not hmac.compare_digest(given, session.csrf.encode()):
            raise NotAllowed("the form's token is not the session's")
        return form

    async def content(self) -> AsyncIterator[bytes]:
        """The file's bytes. Raises: BadValue, if the form breaks off."""
        while True:
            while self._pieces:
                yield self._pieces.popleft()
            if self._is_over:
                return
            await self._more()

    async def _more(self) -> None:
        """Read the next piece of the request. Raises: BadValue."""
        if self._stream is None or self._parser is None:
            raise BadValue("form")
        try:
            piece = await anext(self._stream, None)
            if piece is None:
                raise BadValue("form")
            self._parser.write(piece)
        except (FormParserError, ClientDisconnect):
            raise BadValue("form") from None

    def _callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_begin": self._begin_header,
            "on_header_field": self._add_header_name,
            "on_header_value": self._add_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._check_part,
            "on_part_data": self._add,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if self._is_file or len(self._values) >= MOST_FIELDS:
            raise FormParserError("the file is not the last part")
        self._name = ""

    def _begin_header(self) -> None:
        self._header, self._value = bytearray(), bytearray()

    def _add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() != b"content-disposition":
            return
        kind, options = parse_options_header(bytes(self._value))
        self._name = options.get(b"name", b"").decode(errors="replace")
        self._is_file = kind == b"form-data" and b"filename" in options
        if self._is_file:
            self.file_name = options[b"filename"].decode(errors="replace")

    def _check_part(self) -> None:
        if not self._name or self._name in self._values:
            raise FormParserError("a part without a name, or twice the same")
        if not self._is_file:
            self._values[self._name] = bytearray()

    def _add(self, data: bytes, start: int, end: int) -> None:
        piece = bytes(data[start:end])
        if self._is_file:
            self._pieces.append(piece)
            return
        self._size += len(piece)
        if self._size > MOST_BEFORE:
            raise FormParserError("too much before the file")
        self._values[self._name] += piece

    def _end(self) -> None:
        self._is_over = True


def _boundary(request: Request) -> bytes:
    """The boundary of the form's parts. Raises: BadValue."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != MULTIPART.encode() or not 0 < len(boundary) <= LONGEST_BOUNDARY:
        raise BadValue("form")
    return boundary
