"""Pages of a service for an application in a test, and a browser's headers."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI

from shared.platform.runtime.clock import Now
from shared.web.masthead import masthead
from shared.web.site import install

SERVICES = Path(__file__).parents[2] / "services"
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ENGLISH = BROWSER | {"accept-language": "en"}


@dataclass(frozen=True)
class PageSettings:
    """The settings that pages need."""

    office_time: Now
    is_development: bool = True
    desk_url: str = "http://desk.invalid"
    duty_url: str = "http://duty.invalid"
    editors_url: str = "http://editors.invalid"


def with_pages(app: FastAPI, service: str, *, now: Now, is_development: bool = True) -> FastAPI:
    """The application with the templates and words of that service."""
    folder, settings = SERVICES / service, PageSettings(now, is_development)
    install(
        app,
        settings=settings,
        service=service,
        templates=folder / "templates",
        locale=folder / "locale",
        entries=masthead(service, settings),
    )
    return app
