"""What each record asks of the notifier. Pure: from an opened envelope to a command.

`letters.published` is read so that its order is kept from the first letter on; nothing that is said
there concerns a clock or is told to a writer, so no event of it stands in the table.
"""

from services.notifier.domain import HearProgress, KeepContact
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Fact
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.topics import PROGRESS
from shared.contracts.words import Contact
from shared.platform.rules import Arrival, Handlers


def on_letter_submitted(event: Envelope[LetterSubmitted], _: Arrival) -> KeepContact:
    """Remember how to reach the writer."""
    contact = event.data.contact
    return KeepContact(contact if isinstance(contact, Contact) else None, event.data.lang)


def on_progress(event: Envelope[Fact], arrival: Arrival) -> HearProgress:
    """Keep the letter's clocks as the router has them, and tell the writer what concerns them."""
    return HearProgress(event.subject, event.data, event.sequence or 0, event.id, arrival.at)


HANDLERS: Handlers = {
    LetterSubmitted: on_letter_submitted,
    **dict.fromkeys(ON_TOPIC[PROGRESS.name], on_progress),
}
