"""Check a writer's receipt: its signature, the letter's text, and whether the letter was counted.

Exit code 0: everything that was asked is so; 1: something isn't; 2: something can't be read.
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from shared.kernel.civil import civil_date
from shared.kernel.daily_counts import leaves_digest
from shared.kernel.letter_receipts import is_text_of, leaf_of, receipt_in
from shared.platform.crypto.signing_keys import NotAuthentic, Why, verify

KEYS: Final = "receipt-keys.json"
COUNT_KEYS: Final = "count-keys.json"
"""Looked for beside the receipt."""
MOST_BYTES: Final = 100_000_000
SAYS: Final[Mapping[Why, str]] = {
    "malformed": "内容或公钥格式不对 · it or the key is malformed",
    "unknown_key": "不是由这些公钥签发的 · it was signed by none of these keys",
    "wrong_issuer": "签发方与公钥不符 · its issuer is not the key's",
    "not_its_time": "公钥停用之后才签发 · it is later than the end of its key",
    "signature": "签名不符，内容已被改动 · the signature doesn't fit, it was changed",
}


class UnreadableFile(Exception):
    """A file can't be read; the text is a sentence."""


class NotSo(Exception):
    """Something isn't as the receipt says; the text is a sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        for line in checked(asked):
            sys.stdout.write(f"{line}\n")
    except NotSo as fault:
        sys.stdout.write(f"{fault}\n")
        return 1
    except UnreadableFile as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    return 0


def checked(asked: Namespace) -> Iterator[str]:
    """Sentences about what is so. Raises: NotSo, UnreadableFile."""
    try:
        receipt = receipt_in(_text(asked.receipt))
    except ValueError:
        raise UnreadableFile(f"{asked.receipt.name}: 不是回执 · not a receipt") from None
    _verify(receipt, _keys(asked, "keys", KEYS), at="received_at", what="回执 · the receipt")
    yield (
        f"回执有效 · valid: {receipt['letter']}, {receipt['received_at']}, {receipt['issuer']} "
        f"({receipt['kid']})"
    )
    if asked.text is not None:
        if not is_text_of(receipt, _text(asked.text)):
            raise NotSo(
                "原文不符：不是这封信，或已被改动 · the text is not the letter's, or was changed"
            )
        yield "原文一致 · the text is the letter's"
    if asked.counts is not None:
        yield _counted(receipt, _json(asked.counts), _keys(asked, "count_keys", COUNT_KEYS))


def _counted(receipt: Mapping[str, str], counts: Any, keys: Mapping[str, Any]) -> str:
    """Raises: NotSo, UnreadableFile."""
    day = civil_date(datetime.fromisoformat(receipt["received_at"])).isoformat()
    try:
        of_day = [each for each in counts["entries"] if each["entry"]["day"] == day]
        newest = max(of_day, key=lambda each: int(each["entry"]["number"]), default=None)
        if newest is None:
            raise UnreadableFile(f"文件里没有 {day} 的计数 · the file has no count of {day}")
        entry, leaves = newest["entry"], newest["leaves"]
        _verify(entry, keys, at="signed_at", what="计数 · the count")
        if (len(leaves), leaves_digest(leaves)) != (entry["letters"], entry["leaves_sha256"]):
            raise NotSo("计数清单与签名不符 · the list of the count is not the one that was signed")
    except (KeyError, TypeError, ValueError):
        raise UnreadableFile("计数文件格式不对 · the file of counts is malformed") from None
    if leaf_of(receipt["letter"], receipt["text_sha256"]) not in leaves:
        raise NotSo(f"{day} 的计数里没有这封信 · the count of {day} doesn't have this letter")
    return f"已计入 · counted: {day}, {entry['letters']} letters, entry {entry['number']}"


def _verify(document: Mapping[str, Any], keys: Mapping[str, Any], *, at: str, what: str) -> None:
    """Raises: NotSo."""
    try:
        verify(document, keys, at=at)
    except NotAuthentic as fault:
        raise NotSo(f"{what}：{SAYS[fault.why]}") from fault


def _keys(asked: Namespace, name: str, default: str) -> Mapping[str, Any]:
    """Raises: UnreadableFile."""
    path: Path = getattr(asked, name) or asked.receipt.with_name(default)
    keys = _json(path)
    if not isinstance(keys, dict):
        raise UnreadableFile(f"{path.name}: 不是公钥文件 · not a file of public keys")
    return keys


def _json(path: Path) -> Any:
    """Raises: UnreadableFile."""
    try:
        return json.loads(_text(path))
    except (ValueError, RecursionError):
        raise UnreadableFile(f"{path.name}: 不是 JSON · not JSON") from None


def _text(path: Path) -> str:
    """Raises: UnreadableFile."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFile(f"{path.name}: 文件过大 · too large")
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as fault:
        raise UnreadableFile(
            f"{path.name}: 无法读取 · can't be read ({type(fault).__name__})"
        ) from None


def _parser() -> ArgumentParser:
    parser = ArgumentParser("shared.receipts", description=__doc__)
    parser.add_argument("receipt", type=Path, help="file with the receipt, or with the answer")
    parser.add_argument(
        "--text", type=Path, help="the letter: subject on the first line, then text"
    )
    parser.add_argument("--keys", type=Path, help=f"public keys of intake; else {KEYS} beside it")
    parser.add_argument("--counts", type=Path, help="the publisher's count of the day")
    parser.add_argument("--count-keys", type=Path, help=f"its public keys; else {COUNT_KEYS}")
    return parser
