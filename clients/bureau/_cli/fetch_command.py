"""`bureau fetch`: store the files of a letter in a folder."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clients.bureau._cli import arguments
from clients.bureau.attachments import EXPLAINED, NotFetched
from clients.bureau.mailbox import Mailbox
from clients.bureau.outcomes import EXPLAINED as REFUSALS
from clients.bureau.settings import BureauSettings, load


def add(commands: Any, add_common: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the subcommand."""
    command = commands.add_parser("fetch", help="下载附件 · fetch the files of a letter")
    add_common(command)
    command.add_argument("letter", type=arguments.letter, help="the letter number")
    command.add_argument(
        "--file", type=arguments.opaque, metavar="ID", help="only this file; default: all"
    )
    command.add_argument(
        "--into", type=arguments.folder, default=Path(), metavar="FOLDER", help="default: here"
    )


async def run(asked: argparse.Namespace) -> tuple[bool, list[str]]:
    """Whether all files were fetched, and what to say.

    Raises: BadSettings; BadKeyFile; NoAnswer; Unreachable; NoTopic; OSError.
    """
    settings = load(BureauSettings)
    mailbox = Mailbox(
        asked.bureau,
        settings.connection(asked.bureau),
        keys=settings.keys(asked.bureau),
        patience_s=asked.timeout,
    ).with_files(lambda: settings.file_access(asked.bureau))
    async with mailbox:
        holding = await mailbox.holding(asked.letter)
        if holding is None:
            return False, [f"被拒绝 refused: not_held · {' · '.join(REFUSALS['not_held'])}"]
        files = [file for file in holding.files if asked.file in (None, file.id)]
        said, is_whole = [], True
        for file in files:
            try:
                path = await mailbox.fetch_attachment(asked.letter, file, into=asked.into)
                said.append(f"{path} · {file.type} · {file.size:,} B")
            except NotFetched as no:
                is_whole = False
                said.append(f"{file.id}: {no.why} · {EXPLAINED[no.why]}")
        return is_whole, said or ["没有附件 the letter has no such file"]
