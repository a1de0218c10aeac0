"""Minors who write: under 14 only with a guardian's consent."""

from shared.contracts.values import WriterFacts
from shared.kernel.errors import Refused


class GuardianNeeded(Refused):
    """A child under 14 needs a guardian's consent: send the guardian's name, phone and relation.

    Source: Personal Information Protection Law, article 31.
    """

    status = 422
    code = "guardian_needed"


def check_guardian(facts: WriterFacts) -> None:
    """Raises: GuardianNeeded."""
    if facts.age_group == "under_14" and not facts.guardian_consent:
        raise GuardianNeeded
