"""Where does the stack keep its things? Paths only; nothing here touches the disk."""

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
    """Where `make engines` puts what production runs on."""

    def __post_init__(self) -> None:
        """Children are told these paths, and run elsewhere: refuse what depends on where."""
        if not self.local.is_absolute():
            raise ValueError("the folder of a stack must be an absolute path")

    @property
    def data(self) -> Path:
        """What the database and the message gateway keep."""
        return self.local / "data"

    @property
    def keys(self) -> Path:
        """Private and public keys of every part, made once."""
        return self.local / "keys"

    @property
    def home(self) -> Path:
        """The HOME of the servers, so that they write nothing into anyone's own."""
        return self.local / "home"

    @property
    def kafka(self) -> Path:
        """What the brokers of Apache Kafka are told and keep."""
        return self.local / "kafka"

    @property
    def fast_database(self) -> Path:
        """The program of the fast database, where it was built."""
        return self.engines / "bin" / "secantusd-rs"

    @property
    def engines_file(self) -> Path:
        """On which engines this stack ran last."""
        return self.local / "engines.json"

    @property
    def env_file(self) -> Path:
        """What a shell takes in to reach the running stack."""
        return self.local / "env"

    @property
    def servers_python(self) -> Path:
        """The Python of the servers' environment."""
        return self.servers / "bin" / "python"

    def log(self, name: str) -> Path:
        """Where the child `name` writes its output."""
        return self.local / "logs" / f"{name}.log"


def place_from(environment: Mapping[str, str]) -> StackPaths:
    """`.local` of the checkout, or what MAILBOX_LOCAL_DIR says."""
    chosen = environment.get("MAILBOX_LOCAL_DIR", "").strip()
    return StackPaths(Path(chosen).expanduser().resolve() if chosen else CHECKOUT / ".local")
