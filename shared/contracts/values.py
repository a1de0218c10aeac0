"""Small frozen values that several events share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts import fields, vocabulary
from shared.contracts.slugs import Bureau
from shared.contracts.words import Note, Words


class Value(BaseModel):
    """A part of an event; frozen, ignores unknown fields."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


class WriterFacts(Value):
    """What handlers must know of the writer besides who it is."""

    age_group: vocabulary.AgeGroup | None = None
    """Of a minor on the day of receipt; None for adults and where the age isn't known."""
    guardian_consent: fields.Flag = False
    """Whether a guardian agreed; the identity has the guardian's name and phone."""
    on_behalf: vocabulary.OnBehalf | None = None
    """The person that the writer writes for."""
    acting_as: vocabulary.ActingAs | None = None
    """By what right."""


class By(Value):
    """Who did it."""

    role: vocabulary.Role
    bureau: Bureau | None = None
    staff: fields.OpaqueId | None = None
    """Left out of copies for bureaus and of everything that the writer sees."""


class Level(Value):
    """One level of a clock."""

    level: vocabulary.LevelName
    at: fields.Instant


class Limit(Value):
    """A number of working days or natural days."""

    amount: Annotated[int, Field(strict=True, ge=0, le=3_650)]
    unit: vocabulary.LimitUnit


class ClockChange(Value):
    """What an event did to one clock; whoever starts a clock computes all of this."""

    clock: vocabulary.ClockName
    round: fields.Ordinal = 1
    """1 for the first start of this clock on this letter, 2 for the next start after a stop …

    For `commitment` and `instruction` it is the number of the commitment or instruction, of which
    several may run at a time.
    """
    change: vocabulary.Change
    due_on: fields.Day | None = None
    """The clock runs until 24:00 of this day in Asia/Shanghai."""
    passes_at: fields.Instant | None = None
    """The instant after `due_on`: the next 00:00 of Asia/Shanghai, in UTC."""
    provisional: fields.Flag = False
    """Whether `due_on` is in a year whose days off are not announced yet."""
    levels: Annotated[tuple[Level, ...], Field(max_length=16)] = ()
    counted_from: fields.Day | None = None
    """Day zero of a clock that has a due date."""
    limit: Limit | None = None
    """The number of days counted, including extensions; None: a date was promised."""


class ReceiptDay(Value):
    """How one day was counted."""

    day: fields.Day
    kind: vocabulary.DayKind


class Receipt(Value):
    """How a due date was counted, day by day, for anyone to check."""

    due_on: fields.Day
    calendar_version: fields.Version
    policy_version: fields.Version
    provisional: fields.Flag = False
    days: Annotated[tuple[ReceiptDay, ...], Field(max_length=400)] = ()


class Due(Value):
    """A running clock, with its receipt."""

    clock: vocabulary.ClockName
    round: fields.Ordinal = 1
    due_on: fields.Day
    passes_at: fields.Instant
    provisional: fields.Flag = False
    receipt: Receipt | None = None
    """How `due_on` was counted; None if the day was promised, or if another calendar is about to
    change the date."""


class Place(Value):
    """Where the matter arose, in codes; the writer's own wording is among the words."""

    city: Bureau | None = None
    district: fields.DistrictCode | None = None


class About(Value):
    """The subject of a complaint, in codes; names are among the words."""

    kind: vocabulary.AboutKind
    bureau: Bureau | None = None
    level: vocabulary.AboutLevel | None = None
    police_type: vocabulary.PoliceType | None = None
    unit: fields.Code | None = None
    """The bureau's own code of a station or another unit, once it is known."""
    officer: fields.OpaqueId | None = None
    """Opaque id of staff, once the person is known."""


class Attachment(Value):
    """A file stored by intake; it is never sent over Kafka."""

    id: fields.OpaqueId
    type: fields.MediaType
    size: fields.Ordinal
    """Bytes."""
    sha256: fields.Sha256


class Triage(Value):
    """The result of intake's safety check of the text, before routing."""

    class_: vocabulary.TriageClass = Field(validation_alias="class", serialization_alias="class")
    threshold: vocabulary.Threshold | None = None
    reasons: Annotated[tuple[fields.Code, ...], Field(max_length=32)] = ()


class Commitment(Value):
    """A commitment with a date."""

    commitment: fields.Ordinal
    due_on: fields.Day


class Promise(Value):
    """A commitment that a bureau wants to make in its reply."""

    due_on: fields.Day
    words: Words[Note] = None


class CopySpan(Value):
    """The position of a mark in a publication copy that replaces one of the writer's own values."""

    part: vocabulary.CopyPart
    start: fields.Count
    end: fields.Count
    """Code points from the beginning of the part; `end` is the first one after the mark."""
    what: vocabulary.OwnValue
