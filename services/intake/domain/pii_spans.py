"""Where does a writer name themself? Own values are found, and marked for who must cut. Pure."""

from collections.abc import Mapping
from typing import TypeVar

from services.intake.domain.letter import Letter
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
from shared.rules.pii import OwnSpan, apart, own_spans

OwnValues = tuple[Mapping[str, str], ...]
"""Values by kind: all of them in each mapping, which differ where a kind has several values.

They are looked for together: a name beside another value is found, beside other letters it is not.
"""

SaidT = TypeVar("SaidT", WriterText, Comment)


def own_values(identity: Identity | None, *contacts: Contact | None) -> OwnValues:
    """What must not be read in a copy: the writer's own values, of all ways to reach them."""
    who = {} if identity is None else {"name": identity.name, "id_number": identity.id_number}
    if identity is not None and identity.address:
        who["address"] = identity.address
    ways = [_way(one) for one in contacts if one is not None]
    if identity is not None:
        ways.insert(0, (ways[0] if ways else {}) | {"phone": identity.phone})
    distinct = [way for place, way in enumerate(ways) if way not in ways[:place]]
    return tuple(who | way for way in distinct) or (who,)


def values_of(letter: Letter) -> OwnValues:
    """The own values of a letter's writer, those that were given before among them."""
    before = (own_values(one) for one in letter.earlier_identities)
    now = own_values(letter.identity, letter.contact, *letter.earlier_contacts)
    return (*now, *(values for one in before for values in one))


def spans_in(text: str, values: OwnValues) -> tuple[OwnSpan, ...]:
    """Where `values` stand in `text`, in code points: sorted and apart."""
    return apart(span for one in values for span in own_spans(text, one))


def marked(text: LetterText, values: OwnValues) -> LetterText:
    """The text with its own values marked.

    Raises: LimitReached, when there are too many of them.
    """
    return LetterText(
        subject=text.subject,
        body=text.body,
        own_spans=_spans(text.body, values),
        subject_spans=_spans(text.subject, values),
        place_detail=text.place_detail,
        salt=text.salt,
    )


def marked_for(letter: Letter, said: SaidT) -> SaidT:
    """What the writer says later, with their own values marked.

    Unmarked once the identity was erased: then nobody knows what to look for, which is not the
    same as having found nothing. Raises: LimitReached, when there are too many of them.
    """
    if letter.identity is None:
        return said
    return type(said)(text=said.text, own_spans=_spans(said.text, values_of(letter)))


def _spans(text: str, values: OwnValues) -> tuple[Span, ...]:
    found = spans_in(text, values)
    if len(found) > MOST_SPANS:
        raise LimitReached
    return tuple(Span(start=one.start, end=one.end, what=one.what) for one in found)


def _way(contact: Contact) -> dict[str, str]:
    """One way to reach the writer, of what was given."""
    ways = {"phone": contact.phone, "email": contact.email, "wechat": contact.wechat}
    return {what: value for what, value in ways.items() if value}
