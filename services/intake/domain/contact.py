"""Change of the writer's contact details and of the identity that goes with them."""

from dataclasses import dataclass, replace

from services.intake.domain.letter import IntakeLetter, check_owner
from shared.contracts.submitted_v1 import ContactChanged
from shared.contracts.words import Contact, Identity
from shared.kernel.errors import LimitReached

MOST_CONTACTS = 5
"""Changes of the contact: every value that was ever given is looked for in every copy."""


@dataclass(frozen=True)
class ChangeContact:
    """Use other contact details from now on."""

    owner: str
    contact: Contact
    identity: Identity
    """As the sign-in has it now; without an address the known one stays."""


def change_contact(command: ChangeContact, letter: IntakeLetter) -> tuple[ContactChanged, ...]:
    """The new contact, with the identity unless that was erased; nothing if both are the same.

    Raises: NotFound, for somebody else's letter; LimitReached.
    """
    check_owner(letter, command.owner)
    identity = letter.identity and command.identity
    if identity and letter.identity:
        known = letter.identity
        kept = {"guardian": known.guardian, "helped": known.helped}
        address = identity.address or known.address
        identity = identity.model_copy(update={**kept, "address": address})
    if (command.contact, identity) == (letter.contact, letter.identity):
        return ()
    if max(len(letter.earlier_contacts), len(letter.earlier_identities)) >= MOST_CONTACTS:
        raise LimitReached
    return (ContactChanged(contact=command.contact, identity=identity),)


def contact_changed(letter: IntakeLetter, event: ContactChanged) -> IntakeLetter:
    """The letter with the new values; earlier ones stay, since copies must not show them."""
    contact = event.contact if isinstance(event.contact, Contact) else None
    identity = event.identity if isinstance(event.identity, Identity) else None
    contacts = (letter.contact,) if letter.contact and letter.contact != contact else ()
    identities = (letter.identity,) if letter.identity and letter.identity != identity else ()
    return replace(
        letter,
        contact=contact,
        identity=identity,
        earlier_contacts=(*letter.earlier_contacts, *contacts),
        earlier_identities=(*letter.earlier_identities, *identities),
    )
