"""How a publication is shown to everyone."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, PoliceType


class PublicationListed(BaseModel):
    """A line of the public list: everything but the words."""

    model_config = ConfigDict(from_attributes=True)

    publication: str
    path: str
    title: str
    published_at: datetime
    category: Category | None
    topic: PoliceType | None
    city: Bureau | None
    bureau: Bureau | None
    """Who answered."""


class PublicationShown(PublicationListed):
    """A publication in full."""

    title: str = Field(repr=False)
    text: str = Field(repr=False)
    reply: str = Field(repr=False)


class PublicationsListed(BaseModel):
    """One page of publications, newest first."""

    publications: tuple[PublicationListed, ...]
    next: str | None
    """What to ask for `after` to have the next page."""
