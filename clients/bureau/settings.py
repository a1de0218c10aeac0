"""Settings of a bureau's program, from its environment and the local stack's `.local/env`."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from clients.bureau._kafka.connection import Connection, Security
from clients.bureau.attachments import FileAccess
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import PUBLIC_FILE, Keys
from shared.contracts.slugs import Bureau
from shared.contracts.topics import user_of

PREFIX = "MAILBOX_"
SettingsT = TypeVar("SettingsT", bound="BureauSettings")


class BadSettings(Exception):
    """A variable is missing or invalid. Names variables, never their values."""


class BureauSettings(BaseModel):
    """Addresses of broker and keys. Each field is the variable `MAILBOX_<FIELD>`."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, use_attribute_docstrings=True
    )

    env: Literal["dev", "prod"] = "prod"
    """`dev` allows connections without encryption."""
    kafka_bootstrap: str = Field(pattern=r"^[\w.\-\[\]:]+:\d{1,5}(,[\w.\-\[\]:]+:\d{1,5})*$")
    kafka_security: Security = "PLAINTEXT"
    kafka_sasl_mechanism: str = "SCRAM-SHA-512"
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    kafka_passwords_dir: Path | None = None
    """Folder with one password file for each bureau, named by `user_of`; for programs that act
    for several bureaus."""
    kafka_ca_file: Path | None = None
    kafka_idempotent: bool = True
    keys_dir: Path | None = None
    """Holds `public.jwks.json` and `bureaus/<slug>.private.jwks.json`."""
    bureau_key_file: Path | None = None
    """The bureau's private JWKS, when it isn't in `keys_dir`."""
    bureau_journal_file: Path | None = None
    """File in which a program keeps its unanswered actions."""
    intake: str | None = None
    """Intake's address, from which files are fetched."""
    staff_issuer: str | None = None
    """The issuer at which the bureau's system has a client, as `iss` of its tokens."""
    bureau_client_id: str | None = None
    bureau_client_secret_file: Path | None = None
    public_keys_file: Path | None = None
    """Public JWKS, used for holders that `mailbox.keys` hasn't named."""

    def connection(self, slug: Bureau) -> Connection:
        """The bureau's connection to the broker. Raises: BadSettings."""
        username, password = self._signed_in_as(slug)
        return Connection(
            self.kafka_bootstrap,
            security=self.kafka_security,
            username=username,
            password=password,
            mechanism=self.kafka_sasl_mechanism,
            ca_file=self.kafka_ca_file,
            is_idempotent=self.kafka_idempotent,
        )

    def _signed_in_as(self, slug: Bureau) -> tuple[str | None, str | None]:
        """User and password. Raises: BadSettings."""
        if self.kafka_passwords_dir is None:
            password = self.kafka_password
            return self.kafka_username, password.get_secret_value() if password else None
        user = user_of(f"bureau:{slug}")
        try:
            return user, (self.kafka_passwords_dir / user).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            raise BadSettings(f"{PREFIX}KAFKA_PASSWORDS_DIR has no password of {user}") from None

    def keys(self, slug: Bureau) -> Keys:
        """The keys of that bureau. Raises: BadKeyFile; BadSettings."""
        folder, file = self.keys_dir, self.bureau_key_file
        if folder is None and file is None:
            raise BadSettings(f"{PREFIX}BUREAU_KEY_FILE is not set")
        private = file or (folder or Path()) / "bureaus" / f"{slug}.private.jwks.json"
        return Keys.load(private, self._public())

    def file_access(self, slug: Bureau) -> FileAccess:
        """Where and as which client the bureau fetches files. Raises: BadSettings."""
        secret = self.bureau_client_secret_file
        if secret is None and self.env == "dev" and self.keys_dir is not None:
            secret = self.keys_dir / "bureaus" / f"{slug}.client.secret"
        client = self.bureau_client_id or (f"bureau-{slug}" if self.env == "dev" else None)
        needed = {
            "INTAKE": self.intake,
            "STAFF_ISSUER": self.staff_issuer,
            "BUREAU_CLIENT_ID": client,
            "BUREAU_CLIENT_SECRET_FILE": secret,
        }
        if missing := [f"{PREFIX}{name}" for name, value in needed.items() if value is None]:
            raise BadSettings(f"to fetch files, also set {', '.join(missing)}")
        try:
            found = Path(str(secret)).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            raise BadSettings(f"{PREFIX}BUREAU_CLIENT_SECRET_FILE can't be read") from None
        return FileAccess(str(self.intake), str(self.staff_issuer), str(client), found)

    def _public(self) -> PublicKeys:
        """Public keys of the named file, else of the local stack's file, else none."""
        if self.public_keys_file is not None:
            return PublicKeys.load(self.public_keys_file)
        local = self.keys_dir / PUBLIC_FILE if self.keys_dir else None
        return PublicKeys.load(local) if local and local.exists() else PublicKeys()


def load(kind: type[SettingsT], environment: Mapping[str, str] | None = None) -> SettingsT:
    """Settings from `environment`; None: this process's, completed by `.local/env`.

    Raises: BadSettings.
    """
    found = {**_local(), **os.environ} if environment is None else environment
    values: dict[str, Any] = {
        name: found[f"{PREFIX}{name.upper()}"]
        for name in kind.model_fields
        if found.get(f"{PREFIX}{name.upper()}")
    }
    try:
        settings = kind.model_validate(values)
    except ValidationError as invalid:
        names = sorted({f"{PREFIX}{error['loc'][0]}".upper() for error in invalid.errors()})
        raise BadSettings(f"missing or not valid: {', '.join(names)}") from None
    addresses = {"INTAKE": settings.intake, "STAFF_ISSUER": settings.staff_issuer}
    for name, address in addresses.items():
        if settings.env != "dev" and address and not address.startswith("https://"):
            raise BadSettings(f"{PREFIX}{name} must be https:// outside {PREFIX}ENV=dev")
    if settings.env != "dev" and "PLAINTEXT" in settings.kafka_security:
        raise BadSettings(f"{PREFIX}KAFKA_SECURITY must be SASL_SSL or SSL outside {PREFIX}ENV=dev")
    return settings


def exported(text: str) -> dict[str, str]:
    """Variables set by the `export NAME=value` lines of a file."""
    found = {}
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if len(words) == 2 and words[0] == "export" and "=" in words[1]:
            name, _, value = words[1].partition("=")
            found[name] = value
    return found


def _local() -> dict[str, str]:
    """Variables of the local stack; none when it was never started.

    The local broker has no idempotent producers, so they are off by default with it.
    """
    path = Path(os.environ.get("MAILBOX_LOCAL_DIR", "").strip() or ".local") / "env"
    try:
        found = exported(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {"MAILBOX_KAFKA_IDEMPOTENT": "false", **found}
