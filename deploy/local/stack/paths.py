"""The paths of the stack's files; nothing here touches the disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class StackPaths:
    """One stack's folder, and where the servers' programs are."""

    local: Path
    servers: Path = CHECKOUT / ".stack"
    engines: Path = CHECKOUT / ".engines"
    """Where `make engines` installs the engines of production."""

    def __post_init__(self) -> None:
        """Refuse a relative folder: children get these paths and run in another folder."""
        if not self.local.is_absolute():
            raise ValueError("the folder of a stack must be an absolute path")

    @property
    def data(self) -> Path:
        """Data of the database and the message gateway."""
        return self.local / "data"

    @property
    def keys(self) -> Path:
        """Private and public keys of all parts, made once."""
        return self.local / "keys"

    @property
    def home(self) -> Path:
        """HOME of the servers, so that they write nothing into the user's own."""
        return self.local / "home"

    @property
    def kafka(self) -> Path:
        """Configuration and data of the Apache Kafka brokers."""
        return self.local / "kafka"

    @property
    def fast_database(self) -> Path:
        """The program of the fast database, if it was built."""
        return self.engines / "bin" / "secantusd-rs"

    @property
    def frontends(self) -> Path:
        """The registered frontends of this stack."""
        return self.local / "frontends.yaml"

    @property
    def engines_file(self) -> Path:
        """The file that remembers which engines the stack last ran on."""
        return self.local / "engines.json"

    @property
    def env_file(self) -> Path:
        """The file that a shell sources to reach the running stack."""
        return self.local / "env"

    @property
    def servers_python(self) -> Path:
        """The Python of the servers' environment."""
        return self.servers / "bin" / "python"

    def log(self, name: str) -> Path:
        """Return the file of the child's output."""
        return self.local / "logs" / f"{name}.log"


def place_from(environment: Mapping[str, str]) -> StackPaths:
    """Return the place in MAILBOX_LOCAL_DIR, by default `.local` of the checkout."""
    chosen = environment.get("MAILBOX_LOCAL_DIR", "").strip()
    return StackPaths(Path(chosen).expanduser().resolve() if chosen else CHECKOUT / ".local")
