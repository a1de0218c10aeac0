"""Every rule of the house, in the order in which a reader meets them."""

from collections.abc import Callable
from pathlib import Path

from tests.house import anatomy, excuses, names, prose, purity, secrecy, sizes

Rule = Callable[[Path], list[str]]
"""From a root to its findings, each `path:line: what`."""

RULES: tuple[Rule, ...] = (
    anatomy.the_four_services,
    anatomy.the_same_rooms,
    anatomy.shared_rooms,
    anatomy.crossing_points,
    anatomy.house_words,
    names.unique_class_names,
    sizes.module_sizes,
    sizes.function_sizes,
    sizes.arguments,
    prose.docstrings,
    prose.nothing_left_for_later,
    purity.pure_imports,
    purity.pure_calls,
    purity.nothing_sends,
    secrecy.constant_log_messages,
    secrecy.no_words_in_logs,
    secrecy.known_fields,
    secrecy.no_errors_in_logs,
    secrecy.no_place_names,
    excuses.excuses,
    excuses.nothing_swallowed,
    excuses.no_foreign_lock,
    excuses.explained_libraries,
)
