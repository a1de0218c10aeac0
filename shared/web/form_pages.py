"""Forms as data, each a page of its own, and the keys that make a double submit act once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from re import fullmatch
from secrets import token_hex
from typing import Final, Generic, Literal, TypeVar

from shared.contracts.bilingual import Bilingual
from shared.kernel.errors import BadValue, Refused
from shared.platform.http.parameters import RequestBody
from shared.web.forms import FormFields, read_form
from shared.web.language import Message

KEY: Final = r"[A-Za-z0-9_.:\-]{8,200}"
Choice = tuple[str, str | Bilingual] | tuple[str, str | Bilingual, str | Message]

SubjectT = TypeVar("SubjectT")


def new_key() -> str:
    """Return an idempotency key for a form, so that a double submit acts once."""
    return token_hex(16)


def key_in(fields: FormFields) -> str:
    """Return the form's key; a new one if it has none of ours."""
    key = fields.get("key")
    return key if fullmatch(KEY, key) else new_key()


@dataclass(frozen=True, slots=True)
class AskedField(Generic[SubjectT]):
    """A field of a form about a subject, such as a letter."""

    name: str
    label: str
    kind: Literal["text", "area", "radios", "select", "fixed", "hidden"] = "area"
    hint: str | None = None
    choices: Callable[[SubjectT], Sequence[Choice]] | None = None
    value: Callable[[SubjectT], str] | None = None
    """What it contains at first; a fixed field always."""
    most: int | None = None
    """Characters."""


@dataclass(frozen=True, slots=True)
class AskedForm(Generic[SubjectT]):
    """One thing that a person can do, as a page of its own."""

    title: str = field(repr=False)
    """Also the link on the subject's page."""
    done: str
    """What the subject's page says afterwards."""
    run: Callable[..., Awaitable[object]]
    body: type[RequestBody] | None = None
    fields: tuple[AskedField[SubjectT], ...] = ()
    says: tuple[str, ...] = ()
    """What it causes, as paragraphs."""
    warns: str | None = None

    @property
    def labels(self) -> dict[str, str]:
        """The label of each field."""
        return {asked.name: asked.label for asked in self.fields}

    def read(self, fields: FormFields) -> tuple[RequestBody | None, dict[str, str]]:
        """The body that the fields make, or a message for each field that is not valid."""
        return read_form(self.body, fields) if self.body else (None, {})

    def error(
        self, refused: Refused, text: str, *, field_of: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """The `text` of a refusal beside the field that it names, or above the form.

        `field_of`: the form's field for a field that a rule names otherwise.
        """
        named = str(refused) if isinstance(refused, BadValue) else ""
        named = (field_of or {}).get(named, named)
        return {named if named in self.labels else "": text}
