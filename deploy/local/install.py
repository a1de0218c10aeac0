"""Makes a virtual environment match a lock file, or says in a sentence why it can't.

Standard library only: it runs before anything is installed, under the Python that was chosen. A
stamp in the environment names the Python and each lock file; the environment is recreated for
another Python, and updated for another lock file.
"""

import argparse
import fcntl
import hashlib
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NO_WHEEL = re.compile(
    r"No matching distribution found for (?P<package>[^\s;(]+)"
    r"|Could not find a version that satisfies the requirement (?P<version>[^\s;(]+)"
)
UNREACHABLE = re.compile(
    r"Retrying \(Retry|NewConnectionError|Max retries exceeded|Temporary failure in name"
    r"|Name or service not known|Connection refused|timed out|SSLError|ProxyError",
    re.IGNORECASE,
)
ASKED_FOR = re.compile(
    r"url: \S*?/([A-Za-z0-9._-]+)/?\s*$|/simple/([A-Za-z0-9._-]+)/?", re.MULTILINE
)
OTHER_HASH = re.compile(
    r"DO NOT MATCH THE HASHES.*?^\s*(?P<package>[A-Za-z0-9][^\s:]*?)(?:\s+from\s|:$)",
    re.DOTALL | re.MULTILINE,
)


class EnvironmentNotInstalled(Exception):
    """The environment could not be made; the text is one sentence for whoever ran the command."""


def bring_up_to_date(environment: Path, lock: Path) -> bool:
    """Make `environment` match `lock`; return whether anything was done.

    Raises: EnvironmentNotInstalled.
    """
    with _alone(environment):
        stamp = environment / f"stamp-{lock.stem}"
        wanted = f"{python_mark()} {hashlib.sha256(lock.read_bytes()).hexdigest()}\n"
        if stamp.is_file() and stamp.read_text() == wanted and _python(environment).exists():
            return False
        if _made_by(environment) != python_mark():
            _make(environment)
        stamp.unlink(missing_ok=True)
        _install(environment, lock)
        stamp.write_text(wanted)
        return True


def python_mark() -> str:
    """Return a mark of this Python, precise enough that wheels for it fit."""
    return f"{platform.python_implementation()}-{platform.python_version()}-{sys.base_prefix}"


def explain(output: str, lock: str) -> str:
    """Return one sentence for pip's error output, with the package's name where pip gives it."""
    here = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    missing = NO_WHEEL.search(output)
    named = (missing["package"] or missing["version"]) if missing else ""
    if UNREACHABLE.search(output):
        requested = ASKED_FOR.search(output)
        package = named or (next(filter(None, requested.groups()), "") if requested else "")
        during = f" while asking for {package}" if package else ""
        return (
            f"The package index could not be reached{during}: check the network and pip's settings "
            "(pip config list), then run the same command again."
        )
    if missing:
        return (
            f"There is no ready-made wheel of {named} for {here}: "
            "choose another Python with `make PYTHON=python3.12 …` (3.11 to 3.13)."
        )
    if other := OTHER_HASH.search(output):
        package = other["package"]
        return f"The file offered for {package} is not the one that {lock} names: not installed."
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "no reason given")
    return f"pip could not install {lock}: {last.strip()}"


def main(arguments: list[str] | None = None) -> int:
    """`python -m deploy.local.install ENVIRONMENT LOCK`."""
    parser = argparse.ArgumentParser(prog="install", description=__doc__.partition("\n")[0])
    parser.add_argument("environment", type=Path)
    parser.add_argument("lock", type=Path)
    options = parser.parse_args(arguments)
    try:
        bring_up_to_date(options.environment, options.lock)
    except (EnvironmentNotInstalled, OSError) as fault:
        print(f"make: {fault}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _alone(environment: Path) -> Iterator[None]:
    """Hold the lock of the environment, after waiting for others who install there."""
    with environment.with_name(f"{environment.name}.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _made_by(environment: Path) -> str:
    """Return the mark of the Python that made the environment, empty if it is not complete."""
    command = [str(_python(environment)), "-c", _ASK_MARK]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


_ASK_MARK = (
    "import pip, platform, sys;"
    "print(f'{platform.python_implementation()}-{platform.python_version()}-{sys.base_prefix}')"
)


def _make(environment: Path) -> None:
    """Make a new, empty environment in place of the old one, if any."""
    _say(f"Making {environment} with Python {platform.python_version()} …")
    if environment.exists():
        shutil.rmtree(environment)
    command = [sys.executable, "-m", "venv", str(environment)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EnvironmentNotInstalled(
            f"{sys.executable} could not make a virtual environment: install its venv module "
            "(on Debian and Ubuntu the package python3-venv) or choose another with make PYTHON=…."
        )


def _install(environment: Path, lock: Path) -> None:
    _say(f"Installing what {lock.name} names into {environment} …")
    command = [
        *(str(_python(environment)), "-m", "pip", "install", "--quiet", "--progress-bar", "off"),
        *("--disable-pip-version-check", "--no-input", "--retries", "2"),
        *("--require-hashes", "--only-binary", ":all:", "-r", str(lock)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EnvironmentNotInstalled(explain(done.stderr + done.stdout, lock.name))


def _python(environment: Path) -> Path:
    return environment / "bin" / "python"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
