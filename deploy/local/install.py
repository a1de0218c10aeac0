"""Is the virtual environment what the lock file says? Makes it so, or says in a sentence why not.

Standard library only: it runs before anything is installed, under the Python that was chosen.
A stamp in the environment names the Python and each lock it was made from; the environment is
made anew for another Python, and brought up to date for another lock.
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
    """Make `environment` hold what `lock` says; whether there was anything to do.

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
    """Which Python this is, so exactly that wheels for it fit."""
    return f"{platform.python_implementation()}-{platform.python_version()}-{sys.base_prefix}"


def explain(output: str, lock: str) -> str:
    """One sentence for what pip said when it failed; it names the package where pip does."""
    here = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    missing = NO_WHEEL.search(output)
    named = (missing["package"] or missing["version"]) if missing else ""
    if UNREACHABLE.search(output):
        asked = ASKED_FOR.search(output)
        package = named or (next(filter(None, asked.groups()), "") if asked else "")
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
    asked = parser.parse_args(arguments)
    try:
        bring_up_to_date(asked.environment, asked.lock)
    except (EnvironmentNotInstalled, OSError) as fault:
        print(f"make: {fault}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _alone(environment: Path) -> Iterator[None]:
    """Wait until nobody else is installing there."""
    with environment.with_name(f"{environment.name}.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _made_by(environment: Path) -> str:
    """The mark of the Python that made the environment; empty when there is no whole one."""
    asked = [str(_python(environment)), "-c", _ASK_MARK]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


_ASK_MARK = (
    "import pip, platform, sys;"
    "print(f'{platform.python_implementation()}-{platform.python_version()}-{sys.base_prefix}')"
)


def _make(environment: Path) -> None:
    """A new, empty environment in the place of whatever is there."""
    _say(f"Making {environment} with Python {platform.python_version()} …")
    if environment.exists():
        shutil.rmtree(environment)
    asked = [sys.executable, "-m", "venv", str(environment)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EnvironmentNotInstalled(
            f"{sys.executable} could not make a virtual environment: install its venv module "
            "(on Debian and Ubuntu the package python3-venv) or choose another with make PYTHON=…."
        )


def _install(environment: Path, lock: Path) -> None:
    _say(f"Installing what {lock.name} names into {environment} …")
    asked = [
        *(str(_python(environment)), "-m", "pip", "install", "--quiet", "--progress-bar", "off"),
        *("--disable-pip-version-check", "--no-input", "--retries", "2"),
        *("--require-hashes", "--only-binary", ":all:", "-r", str(lock)),
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EnvironmentNotInstalled(explain(done.stderr + done.stdout, lock.name))


def _python(environment: Path) -> Path:
    return environment / "bin" / "python"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
