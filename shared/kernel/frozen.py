"""How does a frozen dataclass become another, some fields changed, without costing much? Pure.

`dataclasses.replace` reads and sets every field by its name, which for a letter's fifty fields
takes many times as long. This is for plain dataclasses: no slots and no `__post_init__`. What such
a one has cached stays behind.
"""

from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import replace  # so that names and types of fields are checked as there
else:

    def replace(frozen: T, /, **changes: Any) -> T:
        """The same with these fields changed. Raises: TypeError, for one that it doesn't have."""
        fields, kept = type(frozen).__dataclass_fields__, frozen.__dict__
        if not changes.keys() <= fields.keys():
            raise TypeError("a field that it doesn't have")
        if len(kept) != len(fields):
            kept = {name: kept[name] for name in fields}
        other = object.__new__(type(frozen))
        other.__dict__.update(kept)
        other.__dict__.update(changes)
        return other


__all__ = ["replace"]
