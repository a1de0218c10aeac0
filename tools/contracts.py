"""The generated documents in `docs/contracts/`: writes or checks them.

`python -m tools.contracts write` regenerates schemas, AsyncAPI and OpenAPI documents and the page,
`check` reports differences and what breaks a released version, `release 1.1` freezes schemas and
OpenAPI documents, `examples` adds a bureau's examples of new events.
"""

import json
import sys
from pathlib import Path

from shared.contracts.catalogue import EVENTS
from shared.contracts.compatibility import breaks
from tools import openapi
from tools.asyncapi import asyncapi
from tools.bureau_examples import EXAMPLES, private_jwks, write_missing
from tools.contracts_page import page
from tools.schemas import Json, model_schema, plaintext_schema, plaintexts, published_schema

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "contracts"
RELEASED = ROOT / "shared" / "contracts" / "released"


def main(arguments: list[str]) -> int:
    """Run the command; return 1 if a check fails, 2 for an unknown command."""
    match arguments:
        case ["write"] | ["check"] if lacking := without_example():
            return _report(lacking)
        case ["write"]:
            return write(DOCS)
        case ["check"]:
            return _report([*differences(DOCS), *broken()])
        case ["examples"]:
            return write_missing()
        case ["release", version]:
            return _freeze(RELEASED / version)
        case _:
            print(__doc__)
            return 2


def without_example() -> list[str]:
    """Events that have no example yet; documents can't be generated without."""
    return [
        f"{name}: no example, write shared/contracts/examples/{name}.json"
        for name in EVENTS
        if not (EXAMPLES / f"{name}.json").exists()
    ]


def write(folder: Path) -> int:
    """Regenerate everything in the folder, and remove schemas of events that no longer exist."""
    wanted = documents()
    for stale in _present(folder) - wanted.keys():
        (folder / stale).unlink()
    for name, text in wanted.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return 0


def differences(folder: Path) -> list[str]:
    """Files of the folder that differ from the current contracts."""
    wanted, present = documents(), _present(folder)
    return [f"{name}: not generated" for name in sorted(present - wanted.keys())] + [
        f"{name}: differs, run `python -m tools.contracts write`"
        for name, text in sorted(wanted.items())
        if name not in present or (folder / name).read_text(encoding="utf-8") != text
    ]


def broken(released: Path = RELEASED) -> list[str]:
    """Changes that break a reader of any released version."""
    found: list[str] = []
    for path in sorted(released.glob("*/openapi-*.json")):
        old, now = json.loads(path.read_text(encoding="utf-8")), openapi.documents().get(path.name)
        problems = openapi.broken(old, now) if now else ["the service is gone"]
        found += [f"{path.parent.name} {path.stem} {problem}" for problem in problems]
    for path in sorted(released.glob("*/gd.*.json")):
        old = json.loads(path.read_text(encoding="utf-8"))
        event = EVENTS.get(path.stem)
        problems = breaks(old, model_schema(event)) if event else [": the event is gone"]
        found += [f"{path.parent.name} {path.stem}{problem}" for problem in problems]
    return found


def documents() -> dict[str, str]:
    """All generated documents: path below `docs/contracts` → text."""
    schemas = {f"schemas/{name}.json": published_schema(event) for name, event in EVENTS.items()}
    schemas |= {
        f"schemas/plaintext/{kind.__name__}.json": plaintext_schema(kind)
        for kind in plaintexts(tuple(EVENTS.values()))
    }
    return {name: _json(schema) for name, schema in schemas.items()} | {
        "asyncapi.json": _json(asyncapi("suite")),
        "asyncapi-bureau.json": _json(asyncapi("bureau")),
        "example-keys.jwks.json": _json(private_jwks()),
        "README.md": page(),
        **{name: _json(document) for name, document in openapi.documents().items()},
    }


def _present(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _json(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _freeze(folder: Path) -> int:
    if folder.exists() and any(folder.iterdir()):
        return _report([f"{folder.name} is released already"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, event in EVENTS.items():
        (folder / f"{name}.json").write_text(_json(model_schema(event)), encoding="utf-8")
    for name, document in openapi.documents().items():
        (folder / name).write_text(_json(document), encoding="utf-8")
    return 0


def _report(problems: list[str]) -> int:
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
