"""Check an auditor's export: `python -m shared.audit.signed_export FILE SIGNATURE --keys KEYS`.

Exit code 0: it is the file that the service signed; 1: it isn't; 2: something can't be read.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path

from shared.platform.crypto.signed_exports import BadSignature, verify
from shared.terminal import speak_plainly

CHUNK = 1 << 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        keys = json.loads(asked.keys.read_text(encoding="utf-8"))
        signature = asked.signature.read_text(encoding="ascii").strip()
        payload = verify(signature, _parts(asked.file), keys=keys)
    except BadSignature as fault:
        sys.stderr.write(f"签名不符 · not as signed: {fault}\n")
        return 1
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"无法读取 · can't be read ({type(fault).__name__})\n")
        return 2
    if payload["file"] != asked.file.name:
        sys.stdout.write(f"文件原名 · signed under the name {payload['file']}\n")
    sys.stdout.write(
        f"签名有效 · valid: {payload['service']}, {payload['day']}, {payload['lines']} lines\n"
    )
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser("shared.audit.signed_export", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("signature", type=Path)
    parser.add_argument("--keys", type=Path, required=True, help="the service's public keys")
    return parser


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while part := opened.read(CHUNK):
            yield part


if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())
