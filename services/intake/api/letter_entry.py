"""Entry of a letter: proven by the client to which the citizen's token was issued."""

from typing import NamedTuple

from services.intake.api.letters_schemas import NewLetter
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Entry
from shared.kernel.errors import Refused
from shared.rules.frontends import Frontends, channel_of


class EntryNotRegistered(Refused):
    """The client isn't registered for the entry or channel that the letter names."""

    status = 422
    code = "entry_not_registered"


class LetterEntry(NamedTuple):
    """How a letter came in."""

    entry: Entry | None = None
    """None: by a client that isn't registered."""
    city: Bureau | None = None
    """The bureau on whose site it was written."""


UNREGISTERED = LetterEntry()


def entry_of(body: NewLetter, client: str | None, *, frontends: Frontends) -> LetterEntry:
    """The entry of a letter sent by that client. Raises: EntryNotRegistered."""
    known = frontends.by_client.get(client or "")
    named = body.channel if "channel" in body.model_fields_set else None
    if known is None:
        if body.entry or named not in (None, "web"):
            raise EntryNotRegistered
        return UNREGISTERED
    possible = (
        entry
        for entry in known.entries
        if body.entry in (None, entry) and named in (None, channel_of(entry))
    )
    entry = next(possible, None)
    if entry is None:
        raise EntryNotRegistered
    return LetterEntry(entry, known.city)
