"""Kinds of words, and the field type that keeps them sealed.

Words are a `Clear` in memory and travel as `Sealed`: reader → compact JWE. A `Clear` is never
parsed from the wire, never printed, and never serialised without a function that seals it.
"""

import json
import re
from collections.abc import Callable, Generator, Mapping
from typing import Annotated, Any, Final, Literal, NoReturn, Self, TypeAlias, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    SerializationInfo,
    ValidationError,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticSerializationError, core_schema, to_jsonable_python

from shared.contracts.fields import Count, Instant
from shared.contracts.strict_json import NotStrict, normalised
from shared.contracts.text import CAME_BEFORE, NEW, TextFault, readable_or_kept
from shared.contracts.vocabulary import DocumentType, GuardianRelation, OwnValue

MAX_BODY = 10_000
MAX_REPLY = 20_000
"""Maximum characters of a letter's text and of a reply, in code points."""
MAX_NOTE = 4_000
MAX_SUBJECT = 200
MOST_TURNS = 50
"""Maximum turns of one conversation."""
MOST_SPANS = 500
"""Maximum marked values of the writer in one text."""
_MARKED = 4_000
"""Maximum growth of a text by `MOST_SPANS` marks; copies may be longer by it."""

Reader: TypeAlias = Annotated[str, Field(pattern=r"^[a-z]{1,16}(:[a-z]{1,16})?$")]
"""`router`, `intake`, `notifier`, `publisher` or `bureau:<slug>`."""
COMPACT_JWE = (
    r"^[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+$"
)
LARGEST_WORDS: Final = 92_000
"""Maximum bytes of a reply, a publication copy or a conversation in the form of `Clear.plaintext`.

Two envelopes of that size fit into one record.
"""
MAX_ENVELOPE: Final = 200_000
"""Maximum characters of one envelope; services and clients seal and open up to it."""
CompactJWE: TypeAlias = Annotated[str, Field(pattern=COMPACT_JWE, max_length=MAX_ENVELOPE)]
Sealed: TypeAlias = dict[Reader, CompactJWE]
_SEALED = Annotated[Sealed, Field(min_length=1, max_length=4)]


_UNSEALED = re.compile(r"\bUnsealed: ([A-Za-z]+)$")


class Unsealed(Exception):
    """Words were about to leave memory unsealed. Names the kind of words, never the words."""


class _RefusingClearWords:
    """Restores `Unsealed`, which pydantic's serialisers wrap in their own exception.

    A class, because every sent event passes here: a generator would take several times as long.
    """

    def __enter__(self) -> None:
        return

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, PydanticSerializationError) and (kind := _UNSEALED.search(str(error))):
            raise Unsealed(kind[1]) from None


REFUSING_CLEAR_WORDS: Final = _RefusingClearWords()


WordsFault: TypeAlias = Literal["content", "length", TextFault]
PLAIN: Final = AfterValidator(readable_or_kept)


class NotWords(ValueError):
    """A content is not words of the expected kind. Reveals nothing of it."""

    def __init__(self, kind: str, fault: WordsFault) -> None:
        super().__init__(f"not {kind}")
        self.fault = fault


def _fault_of(invalid: ValidationError) -> WordsFault:
    """The specific fault, if there is only one; otherwise `content`."""
    known: dict[str, WordsFault] = {
        "string_too_long": "length",
        "bad_characters": "bad_characters",
        "blank": "blank",
    }
    found = {known.get(error["type"], "content") for error in invalid.errors(include_input=False)}
    return found.pop() if len(found) == 1 else "content"


_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class Clear(BaseModel):
    """Words in memory. Shows only its class name; serialises only with `context={"seal": f}`."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, use_attribute_docstrings=True
    )

    def plaintext(self) -> bytes:
        """The words as canonical JSON in UTF-8, for the sealer alone."""
        return _CANONICAL.encode(self._plain()).encode()

    @classmethod
    def from_plaintext(cls, plain: bytes, *, is_new: bool = False) -> Self:
        """Read the output of `plaintext`.

        `is_new`: texts must satisfy the rule for texts; otherwise they are neutralised. Raises:
        NotWords.
        """
        context = NEW if is_new else CAME_BEFORE
        try:
            return cls.model_validate_json(normalised(plain), context=context)
        except ValidationError as invalid:
            raise NotWords(cls.__name__, _fault_of(invalid)) from None
        except NotStrict:
            raise NotWords(cls.__name__, "content") from None

    def _plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = to_jsonable_python(dict(self.__dict__))
        return plain

    def model_dump(self, **options: Any) -> Any:
        """The result of `context["seal"]` for the words.

        Raises: Unsealed, without it.
        """
        with REFUSING_CLEAR_WORDS:
            return super().model_dump(**options)

    def model_dump_json(self, **options: Any) -> str:
        """The result of `context["seal"]` for the words, as JSON.

        Raises: Unsealed, without it.
        """
        with REFUSING_CLEAR_WORDS:
            return super().model_dump_json(**options)

    @model_serializer(mode="plain")
    def _seal(self, info: SerializationInfo) -> Any:
        seal: Callable[[str, dict[str, Any]], Any] | None = _in_context(info.context, "seal")
        if seal is None:
            raise Unsealed(type(self).__name__)
        return seal(type(self).__name__, self._plain())

    @model_validator(mode="wrap")
    @classmethod
    def _open(
        cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        if not isinstance(value, str | bytes):
            return handler(value)
        unseal: Callable[[str, str | bytes], Any] | None = _in_context(info.context, "open")
        if unseal is None:
            raise ValueError("sealed words, and nobody to open them")
        return handler(unseal(cls.__name__, value))

    def __repr__(self) -> str:
        return type(self).__name__

    __str__ = __repr__

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return []

    def __iter__(self) -> Generator[tuple[str, Any], None, None]:
        raise Unsealed(type(self).__name__)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise Unsealed(type(self).__name__)


class Span(BaseModel):
    """A span of text with one of the writer's own values."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    start: Count
    end: Count
    """Code points from the beginning of the text; `end` is the first one after the value."""
    what: OwnValue


class LetterText(Clear):
    """A writer's letter: subject and text, with the positions of the writer's own values."""

    subject: Annotated[str, Field(min_length=1, max_length=MAX_SUBJECT + _MARKED), PLAIN]
    body: Annotated[str, Field(min_length=1, max_length=MAX_BODY + _MARKED), PLAIN]
    own_spans: tuple[Span, ...] = Field(default=(), max_length=MOST_SPANS)
    """In `body`, in order, not overlapping."""
    subject_spans: tuple[Span, ...] = Field(default=(), max_length=MOST_SPANS)
    """The same in `subject`."""
    place_detail: Annotated[str, Field(max_length=200), PLAIN] | None = None
    """Where it happened, in the writer's words."""
    salt: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")
    """128 random bits for digests of this text and of actions on the letter; not for bureaus."""


class Contact(Clear):
    """How to reach a writer."""

    phone: str | None = Field(default=None, max_length=32)
    email: str | None = Field(default=None, max_length=254)
    wechat: str | None = Field(default=None, max_length=64)


class _Named(BaseModel):
    """A part of an identity; shows nothing."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, use_attribute_docstrings=True
    )

    name: str = Field(min_length=1, max_length=100, repr=False)


class Guardian(_Named):
    """The guardian who agreed that a minor writes."""

    phone: str = Field(min_length=1, max_length=32, repr=False)
    relation: GuardianRelation


class HelpedPerson(_Named):
    """The person that the writer writes for."""

    phone: str | None = Field(default=None, max_length=32, repr=False)


class Identity(Clear):
    """Who a writer is."""

    name: str = Field(min_length=1, max_length=100)
    id_number: str = Field(min_length=1, max_length=32)
    """The number of the document."""
    phone: str = Field(min_length=1, max_length=32)
    address: str | None = Field(default=None, max_length=300)
    document_type: DocumentType = "resident_id"
    guardian: Guardian | None = None
    """Of a minor."""
    helped: HelpedPerson | None = None


class Comment(Clear):
    """A writer's comment on a reply."""

    text: Annotated[str, Field(min_length=1, max_length=1_000 + _MARKED), PLAIN]
    own_spans: tuple[Span, ...] | None = Field(default=None, max_length=MOST_SPANS)
    """The writer's own values in `text`; None if nobody has searched for them."""


class WriterText(Clear):
    """A writer's text after the letter: an answer, an addition, a reason for reopening."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_NOTE + _MARKED), PLAIN]
    own_spans: tuple[Span, ...] | None = Field(default=None, max_length=MOST_SPANS)
    """The writer's own values in `text`, in order, not overlapping.

    None if nobody has searched for them; a bureau that may not know the writer then gets nothing.
    """


class ReplyText(Clear):
    """A reply, or a refusal, as the writer will read it."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_REPLY), PLAIN]


class Note(Clear):
    """A remark, question, commitment or instruction in free text."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_NOTE), PLAIN]


class Reason(Clear):
    """A reason in free text."""

    text: Annotated[str, Field(min_length=1, max_length=1_000), PLAIN]


class PublicText(Clear):
    """A publication copy, with marks in place of the writer's own values."""

    title: Annotated[str, Field(min_length=1, max_length=MAX_SUBJECT + _MARKED), PLAIN]
    text: Annotated[str, Field(min_length=1, max_length=MAX_BODY + _MARKED), PLAIN]
    reply: Annotated[str, Field(min_length=1, max_length=MAX_REPLY + _MARKED), PLAIN]


class Turn(BaseModel):
    """One contribution to the conversation about a letter."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, use_attribute_docstrings=True
    )

    at: Instant
    who: str = Field(pattern=r"^(writer|bureau)$")
    text: Annotated[str, Field(min_length=1, max_length=MAX_REPLY, repr=False), PLAIN]


class Conversation(Clear):
    """The conversation about a letter before a bureau took over, oldest first."""

    turns: tuple[Turn, ...] = Field(default=(), max_length=MOST_TURNS)
    left_out: int = Field(default=0, ge=0)
    """Number of older turns left out so that the event fits into one record."""


class _Travels:
    """Makes `Sealed | T | None` a field that travels sealed; accepts `T` only as an instance."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        kind = next(
            part for part in get_args(source) if isinstance(part, type) and issubclass(part, Clear)
        )
        sealed = core_schema.nullable_schema(handler.generate_schema(_SEALED))
        return core_schema.json_or_python_schema(
            json_schema=sealed,
            python_schema=core_schema.union_schema(
                [core_schema.is_instance_schema(kind), sealed], mode="left_to_right"
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(_only_sealed),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        shown = handler(schema["json_schema"] if schema["type"] == "json-or-python" else schema)
        for choice in shown.get("anyOf", ()):
            if choice.get("type") == "object":
                choice["additionalProperties"] = False
        return shown


T = TypeVar("T", bound=Clear)
Words: TypeAlias = Annotated[Sealed | T | None, _Travels()]
"""Words of one kind in an event: sealed for each reader, clear in memory, or erased."""


def _only_sealed(value: Mapping[str, str] | Clear | None) -> Mapping[str, str] | None:
    if isinstance(value, Clear):
        raise Unsealed(type(value).__name__)
    return value


def _in_context(context: Any, name: str) -> Any:
    return context.get(name) if isinstance(context, Mapping) else None
