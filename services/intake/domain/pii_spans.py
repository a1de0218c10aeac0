"""Search for the writer's own values in text, and marks on what was found.

Whoever must redact a text cuts what is marked.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

from services.intake.domain.letter import IntakeLetter
from shared.contracts.words import (
    MOST_SPANS,
    Comment,
    Contact,
    Identity,
    LetterText,
    Span,
    WriterText,
)
from shared.kernel.errors import LimitReached
from shared.rules.pii import OwnSpan, own_spans, stated_values

OwnValues = tuple[Mapping[str, str], ...]
"""Values by kind. Where a kind has several values there are several complete mappings.

All values of a mapping are searched together: a name is found beside another value, not alone.
"""

ID_LENGTHS: Final = frozenset({15, 18})
"""Places of citizens' numbers; those of other documents are searched as travel documents."""
TextT = TypeVar("TextT", WriterText, Comment)


def own_values(identity: Identity | None, *contacts: Contact | None) -> OwnValues:
    """The writer's own values, with all contact details."""
    who = {} if identity is None else _identity_values(identity)
    ways = [_contact_values(contact) for contact in contacts if contact is not None]
    if identity is not None:
        ways.insert(0, (ways[0] if ways else {}) | {"phone": identity.phone})
    distinct = [way for place, way in enumerate(ways) if way not in ways[:place]]
    return (*(tuple(who | way for way in distinct) or (who,)), *_beside(identity))


def values_of(letter: IntakeLetter) -> OwnValues:
    """The own values of the letter's writer, including those given before or in its words."""
    before = (own_values(identity) for identity in letter.earlier_identities)
    now = own_values(letter.identity, letter.contact, *letter.earlier_contacts)
    given = (*now, *(values for each in before for values in each))
    words = (letter.words.subject, letter.words.body) if letter.words else ()
    return with_stated(given, *words)


def with_stated(values: OwnValues, *texts: str) -> OwnValues:
    """`values`, and those that the writer's `texts` state besides."""
    name = values[0].get("name", "") if values else ""
    stated = (
        {what: value for what, value in row.items() if not _is_known(value, values)}
        for row in stated_values(*texts, name=name)
    )
    return (*values, *filter(None, stated))


def spans_in(text: str, values: OwnValues) -> tuple[OwnSpan, ...]:
    """Where `values` stand in `text`, in code points: sorted and without overlap."""
    return own_spans(text, *values)


def marked(text: LetterText, values: OwnValues) -> LetterText:
    """The text with `values` marked, and those that it states itself. Raises: LimitReached."""
    values = with_stated(values, text.subject, text.body)
    found = {
        "own_spans": _spans(text.body, values),
        "subject_spans": _spans(text.subject, values),
    }
    return text.model_copy(update=found)


def marked_for(letter: IntakeLetter, words: TextT) -> TextT:
    """The writer's later words with their own values marked.

    Unmarked once the identity was erased: nobody knows what to look for, which differs from having
    found nothing. Raises: LimitReached, with too many marks.
    """
    if letter.identity is None:
        return words
    values = with_stated(values_of(letter), words.text)
    return type(words)(text=words.text, own_spans=_spans(words.text, values))


def _spans(text: str, values: OwnValues) -> tuple[Span, ...]:
    found = spans_in(text, values)
    if len(found) > MOST_SPANS:
        raise LimitReached
    return tuple(Span(start=span.start, end=span.end, what=span.what) for span in found)


def _is_known(value: str, values: OwnValues) -> bool:
    """Whether a stated value is one of `values`, however it is written."""
    found = spans_in(value, values)
    return bool(found) and (found[0].start, found[-1].end) == (0, len(value))


def _identity_values(identity: Identity) -> dict[str, str]:
    number = "id_number" if len(identity.id_number) in ID_LENGTHS else "travel_doc"
    values = {"name": identity.name, number: identity.id_number, "address": identity.address}
    return {what: value for what, value in values.items() if value}


def _beside(identity: Identity | None) -> Iterator[Mapping[str, str]]:
    """The values of the guardian and of the person that the letter is for."""
    for one in (identity.guardian, identity.helped) if identity else ():
        if one is not None:
            yield {"name": one.name, **({"phone": one.phone} if one.phone else {})}


def _contact_values(contact: Contact) -> dict[str, str]:
    values = {"phone": contact.phone, "email": contact.email, "wechat": contact.wechat}
    return {what: value for what, value in values.items() if value}
