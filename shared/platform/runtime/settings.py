"""Settings: read once from the environment, validated and frozen.

A service's own variables are `MAILBOX_<SERVICE>_<FIELD>`; missing ones are taken from
`MAILBOX_<FIELD>`, and then from files with these names (secret_files.py). Outside
`MAILBOX_ENV=dev`, everything that is only fit for development is refused.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)
from typing_extensions import override

from shared.platform.runtime.clock import Now, utc_now
from shared.platform.runtime.data_files import OFFICES
from shared.platform.runtime.issuer_settings import (
    BrowserClient,
    IssuerSettings,
    Side,
    StaffIssuerSettings,
)
from shared.platform.runtime.office_time import BadOfficeTime, OfficeTime
from shared.platform.runtime.secret_files import FOLDER, from_files
from shared.platform.runtime.setting_checks import (
    REFUSED,
    Address,
    DatabaseUri,
    Folder,
    ReadableFile,
    is_production,
    refuse,
)

SHARED_PREFIX = "MAILBOX_"
LOOPBACK = "127.0.0.1"
RENAMED = ("ISSUER", "AUDIENCE", "JWKS_URL")
"""Settings of the one issuer that both sides had before."""

_UNSAFE_TO_SHOW = {"value_error", "assertion_error"}
"""Kinds of error with text by other authors, which may therefore show the value."""
_BROKEN_FIELD = re.compile(r'field "(\w+)"')

SettingsT = TypeVar("SettingsT", bound=BaseSettings)


class KafkaSettings(BaseSettings):
    """The broker's address and how to connect to it."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_prefix=SHARED_PREFIX,
        env_ignore_empty=True,
        hide_input_in_errors=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )

    env: Literal["dev", "prod"] = "prod"
    secrets_dir: Folder | None = None
    """A folder of files that are named like variables and hold their values; none: no files."""
    clock_file: Path | None = None
    """Steps of office time (office_time.py), for development; none: the office uses the machine's
    clock."""
    kafka_bootstrap: str = Field(pattern=r"^[\w.\-\[\]:]+:\d{1,5}(,[\w.\-\[\]:]+:\d{1,5})*$")
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    kafka_ca_file: ReadableFile | None = None
    """Certificate authorities accepted for the broker; none: those of the system."""
    kafka_cert_file: ReadableFile | None = None
    kafka_key_file: ReadableFile | None = None
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    kafka_idempotent: bool = True
    kafka_linger_ms: int = Field(default=5, ge=0, le=1_000)
    kafka_session_ms: int = Field(default=45_000, ge=500, le=600_000)
    kafka_heartbeat_ms: int = Field(default=3_000, ge=50, le=60_000)
    kafka_metadata_ms: int | None = Field(default=None, ge=500, le=3_600_000)
    """Age at which metadata is requested again; none: 3,000 in development, else 300,000."""
    kafka_instance: str | None = Field(default=None, max_length=200)
    """Static group membership, such as a pod's name."""

    @property
    def is_development(self) -> bool:
        """Whether settings that are only fit for development are accepted."""
        return self.env == "dev"

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the service's own variables, then the shared ones, then files."""
        shared = EnvSettingsSource(settings_cls, env_prefix=SHARED_PREFIX)
        own = settings_cls.model_config.get("env_prefix", "")
        return init_settings, env_settings, shared, from_files(settings_cls, own, SHARED_PREFIX)

    @property
    def office_time(self) -> Now:
        """The office's clock. Raises: BadOfficeTime."""
        return utc_now if self.clock_file is None else OfficeTime(self.clock_file)

    @field_validator("clock_file")
    @classmethod
    def _tells_the_time(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is None:
            return None
        if is_production(info):
            refuse("is refused outside MAILBOX_ENV=dev, where there is one clock only")
        try:
            OfficeTime(file)
        except BadOfficeTime:
            refuse("must name a file of steps of office time")
        return file

    @field_validator("kafka_security")
    @classmethod
    def _encrypted(cls, security: str, info: ValidationInfo) -> str:
        if "PLAINTEXT" in security and is_production(info):
            refuse("must be SASL_SSL or SSL outside MAILBOX_ENV=dev")
        return security

    @field_validator("kafka_username", "kafka_password")
    @classmethod
    def _given_for_sasl(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and "SASL" in info.data.get("kafka_security", ""):
            refuse("is needed when MAILBOX_KAFKA_SECURITY says SASL")
        return value

    @field_validator("kafka_heartbeat_ms")
    @classmethod
    def _beats_in_a_session(cls, heartbeat: int, info: ValidationInfo) -> int:
        if heartbeat * 3 > info.data.get("kafka_session_ms", heartbeat * 3):
            refuse("must be at most a third of MAILBOX_KAFKA_SESSION_MS")
        return heartbeat


class CalendarSettings(BaseSettings):
    """The office's days and deadlines."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_prefix=SHARED_PREFIX,
        env_ignore_empty=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    calendar_overrides: ReadableFile | None = None
    """The office's days, in the form of `shared/data/calendar/overrides.yaml`; none: that file."""
    policies_dir: Folder | None = None
    """A folder with every version of the policies, one file each; none: the one that we ship."""


class ServiceSettings(StaffIssuerSettings, KafkaSettings, CalendarSettings):
    """Settings of every service. Subclasses set `env_prefix` and their own defaults."""

    mongo_uri: DatabaseUri
    database: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    http_host: str = LOOPBACK
    http_port: int = Field(ge=1, le=65_535)
    http_max_connections: int = Field(default=2_000, ge=10, le=100_000)
    """Number of open connections above which requests are answered with 503."""
    jwks_max_age_s: int = Field(default=86_400, ge=600, le=604_800)
    """Seconds for which an issuer's keys stay valid while they can't be fetched again."""
    token_max_age_s: int = Field(default=43_200, ge=300, le=604_800)
    """Seconds from its issue after which a token is refused, even if its own expiry is later."""
    public_url: Address | None = None
    """Where everyone reads published replies; the front page of each service links to it."""
    sign_in_url: Address | None = None
    """Where people sign in with a browser; the front page links there, too."""
    desk_url: Address | None = None
    """Where the desks of bureaus and of the province are, for links of other desks."""
    duty_url: Address | None = None
    """Where the duty desk is, for links of other desks."""
    editors_url: Address | None = None
    """Where the editors' desk is, for links of other desks."""
    keys_dir: Folder
    offices_file: Path = OFFICES
    """The office holders, from the operator's file; the default is an example."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    revision: str = Field(default="unknown", pattern=r"^[0-9A-Za-z._+-]{1,64}$")
    """The revision that the running image was built from, shown in `mailbox_build_info`."""

    @property
    def issuers(self) -> Mapping[Side, IssuerSettings]:
        """The issuers whose tokens this service checks, by side."""
        return {"staff": self.staff}

    @property
    def browser_clients(self) -> Mapping[Side, BrowserClient | None]:
        """This service as a client of each issuer that signs its browsers in."""
        return {"staff": self.staff_client}

    @field_validator("offices_file")
    @classmethod
    def _an_operators_own(cls, file: Path, info: ValidationInfo) -> Path:
        if file == OFFICES and is_production(info):
            refuse("must name the operator's own file outside MAILBOX_ENV=dev")
        if not os.access(file, os.R_OK):
            refuse("must name a file that can be read")
        return file


def load(settings: type[SettingsT]) -> SettingsT:
    """Load the settings, or exit with status 2 and a sentence for each fault on stderr.

    Sentences name the variable and what it must be, never its value.
    """
    faults = list(_renamed(settings))
    try:
        loaded = settings()
        if not faults:
            return loaded
    except ValidationError as invalid:
        faults += _sentences(settings, invalid)
    except SettingsError as broken:
        field = _BROKEN_FIELD.search(str(broken))
        faults.append(f"{_variable(settings, field[1] if field else '')} cannot be read.")
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    raise SystemExit(2)


def _renamed(settings: type[BaseSettings]) -> Iterator[str]:
    """A sentence for each variable or file of an old name, which must not be ignored silently."""
    if not issubclass(settings, ServiceSettings):
        return
    folder = Path(os.environ.get(f"{SHARED_PREFIX}{FOLDER}", os.devnull))
    for prefix in (settings.model_config.get("env_prefix", ""), SHARED_PREFIX):
        for old in RENAMED:
            name = f"{prefix}{old}"
            if name in os.environ or (folder / name).exists():
                new = f"{SHARED_PREFIX}STAFF_{old} and, for intake, {SHARED_PREFIX}CITIZEN_{old}"
                yield f"{name} is no longer read: set {new}."


def kafka_values(environment: Mapping[str, str]) -> dict[str, str]:
    """The broker settings in `environment`, as values of KafkaSettings' fields."""
    return {
        field: environment[variable]
        for field in KafkaSettings.model_fields
        if (variable := f"{SHARED_PREFIX}{field}".upper()) in environment
    }


def _sentences(settings: type[BaseSettings], invalid: ValidationError) -> Iterator[str]:
    errors = invalid.errors(include_url=False, include_context=False, include_input=False)
    for error in errors:
        yield f"{_variable(settings, str(error['loc'][0]))} {_fault(error)}."


def _fault(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "is not set"
    if error["type"] == REFUSED:
        return error["msg"]
    if error["type"] in _UNSAFE_TO_SHOW:
        return "is not valid"
    return f"is not valid: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _variable(settings: type[BaseSettings], field: str) -> str:
    """The variable that holds `field`, or should: the service's own if set or exclusive."""
    own = f"{settings.model_config.get('env_prefix', '')}{field}".upper()
    is_shared = field in ServiceSettings.model_fields and own not in os.environ
    return f"{SHARED_PREFIX}{field}".upper() if is_shared else own
