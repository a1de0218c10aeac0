"""States of a file's check."""

from typing import Literal, TypeAlias

FileState: TypeAlias = Literal["waiting", "clean", "refused", "quarantined"]
