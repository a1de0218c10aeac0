"""What has a writer written, and chosen beside it? Pure: what the rules may read."""

from dataclasses import dataclass, field

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it came; what its writer was not asked, or didn't choose, is None."""

    subject: str = field(repr=False)
    body: str = field(repr=False)
    """Empty, as the subject, once the words were erased."""
    category: Category | None = None
    city: Bureau | None = None
    """Where the matter arose, by the writer's own choice."""
    addressed_to: Bureau | None = None
    is_about_police: bool = False
    """Whether the writer says that it complains of somebody in the police."""
