"""Settings of the two issuers: the citizens' and the staff's identity provider.

Each has its own names for what it says of a person. Both also sign browsers in (OpenID Connect),
for which a service is one of their clients.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.platform.runtime.rotating_secret import LEAST_TOKEN, BadSecret, read_secret
from shared.platform.runtime.setting_checks import Address, checked_address, is_production, refuse

Side = Literal["citizens", "staff"]
"""Who signs in where: each side has an issuer of its own, and doors of its own."""


class ClaimNames(BaseModel):
    """The names of an issuer's claims. A dot leads into an object: `realm_access.roles`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str = Field(default="sub", repr=False)
    name: str = Field(default="name", repr=False)
    id_number: str = Field(default="id_number", repr=False)
    phone: str = Field(default="phone_number", repr=False)
    document_type: str = "document_type"
    birthdate: str = Field(default="birthdate", repr=False)
    roles: str = "roles"
    client: str = "client_id"
    """Of an access token (RFC 9068); `azp` is read where this one is missing."""


_FROM_JSON: TypeAdapter[ClaimNames] = TypeAdapter(ClaimNames)


def _claims_in(given: Any) -> Any:
    """A setting from a file is text, where one from the environment is parsed already."""
    if not isinstance(given, str):
        return given
    try:
        return _FROM_JSON.validate_json(given)
    except ValidationError:
        refuse("must be a JSON object of the claims' names")


Issuer = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(checked_address)]
Claims = Annotated[ClaimNames, BeforeValidator(_claims_in)]
PagesUrl = Annotated[str, Field(pattern=r"^https?://[^\s@/]+$"), AfterValidator(checked_address)]


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """One issuer, and how to read and check its tokens."""

    issuer: str
    """The `iss` of its tokens."""
    audience: str
    """The `aud` of tokens for our API."""
    jwks_url: str
    claims: ClaimNames


@dataclass(frozen=True, slots=True)
class BrowserClient:
    """A service as a client of an issuer, which signs browsers in."""

    id: str
    secret_file: Path
    pages_url: str
    """Where browsers reach the service's pages, without a path."""


class StaffIssuerSettings(BaseSettings):
    """The staff's issuer, and the service as its client."""

    model_config = SettingsConfigDict(frozen=True, use_attribute_docstrings=True)

    staff_issuer: Issuer
    """The `iss` that staff's tokens must have."""
    staff_audience: str = Field(min_length=1, max_length=200)
    """The `aud` that staff's tokens for the API must have."""
    staff_jwks_url: Address
    """Address of the staff issuer's public keys; no user name or password in it."""
    staff_claims: Claims = ClaimNames()
    """Names of the staff issuer's claims where they differ, such as
    `{"roles": "realm_access.roles"}`."""
    staff_client_id: str | None = Field(default=None, min_length=1, max_length=200)
    """Our name as a client of the staff's issuer; without it, nobody signs in with a browser."""
    staff_client_secret_file: Path | None = None
    """The client's secret, read for each sign-in."""
    staff_pages_url: PagesUrl | None = None
    """Where browsers reach this service's staff pages, without a path."""
    session_idle_s: int = Field(default=1_800, ge=300, le=86_400)
    """Seconds without a request after which a session ends."""
    session_absolute_s: int = Field(default=36_000, ge=600, le=604_800)
    """Seconds from the sign-in after which a session ends."""

    @field_validator("staff_client_id", "staff_client_secret_file", "staff_pages_url")
    @classmethod
    def _staff_browsers(cls, value: Any, info: ValidationInfo) -> Any:
        return _of_client(value, info, side="staff")

    @property
    def staff(self) -> IssuerSettings:
        """The staff's issuer."""
        return IssuerSettings(
            self.staff_issuer, self.staff_audience, self.staff_jwks_url, self.staff_claims
        )

    @property
    def staff_client(self) -> BrowserClient | None:
        """This service as a client of the staff's issuer; None if its pages have no sign-in."""
        return _client(
            self.staff_client_id, self.staff_client_secret_file, pages_url=self.staff_pages_url
        )


class CitizenIssuerSettings(BaseSettings):
    """The citizens' issuer: of services with routes for citizens."""

    model_config = SettingsConfigDict(frozen=True, use_attribute_docstrings=True)

    citizen_issuer: Issuer
    """The `iss` that citizens' tokens must have."""
    citizen_audience: str = Field(min_length=1, max_length=200)
    """The `aud` that citizens' tokens for the API must have."""
    citizen_jwks_url: Address
    """Address of the citizens' issuer's public keys; no user name or password in it."""
    citizen_claims: Claims = ClaimNames()
    """Names of the citizens' issuer's claims where they differ."""
    citizen_client_id: str | None = Field(default=None, min_length=1, max_length=200)
    """Our name as a client of the citizens' issuer; without it, our pages have no sign-in."""
    citizen_client_secret_file: Path | None = None
    """The client's secret, read for each sign-in."""
    citizen_pages_url: PagesUrl | None = None
    """Where browsers reach the citizens' pages, without a path."""

    @field_validator("citizen_audience")
    @classmethod
    def _another_than_staffs(cls, audience: str, info: ValidationInfo) -> str:
        citizens = (info.data.get("citizen_issuer"), audience)
        staff = (info.data.get("staff_issuer"), info.data.get("staff_audience"))
        if citizens == staff and is_production(info):
            refuse("must differ from MAILBOX_STAFF_AUDIENCE where both sides have one issuer")
        return audience

    @field_validator("citizen_client_id", "citizen_client_secret_file", "citizen_pages_url")
    @classmethod
    def _citizens_browsers(cls, value: Any, info: ValidationInfo) -> Any:
        return _of_client(value, info, side="citizen")

    @property
    def citizen_client(self) -> BrowserClient | None:
        """This service as a client of the citizens' issuer; None if its pages have no sign-in."""
        return _client(
            self.citizen_client_id,
            self.citizen_client_secret_file,
            pages_url=self.citizen_pages_url,
        )

    @property
    def citizens(self) -> IssuerSettings:
        """The citizens' issuer."""
        return IssuerSettings(
            self.citizen_issuer, self.citizen_audience, self.citizen_jwks_url, self.citizen_claims
        )


def _of_client(value: Any, info: ValidationInfo, *, side: str) -> Any:
    """A client has a name of its own, a readable secret, and an address to come back to."""
    prefix = f"MAILBOX_{side.upper()}"
    if info.field_name == f"{side}_client_id":
        if value is not None and value == info.data.get(f"{side}_audience"):
            refuse(f"must differ from {prefix}_AUDIENCE, or ID tokens would open the API")
    elif value is None and info.data.get(f"{side}_client_id") is not None:
        refuse(f"is needed with {prefix}_CLIENT_ID")
    if isinstance(value, Path):
        try:
            read_secret(value, at_least=LEAST_TOKEN)
        except BadSecret as fault:
            refuse(str(fault))
    return value


def _client(
    name: str | None, secret_file: Path | None, *, pages_url: str | None
) -> BrowserClient | None:
    if name is None or secret_file is None or pages_url is None:
        return None
    return BrowserClient(name, secret_file, pages_url)
