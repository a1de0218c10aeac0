"""A letter's words and its writer's choices: the input of the rules."""

from dataclasses import dataclass, field

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as received; None for what its writer was not asked or didn't choose."""

    subject: str = field(repr=False)
    body: str = field(repr=False)
    """Empty, like the subject, once the words were erased."""
    category: Category | None = None
    city: Bureau | None = None
    """Where the matter arose, by the writer's own choice."""
    addressed_to: Bureau | None = None
    is_about_police: bool = False
    """Whether the writer says that it complains of somebody in the police."""
