"""Parsing of our forms: a few short fields, each once."""

from urllib.parse import parse_qsl

from fastapi import Request

from shared.kernel.errors import BadValue

MOST_FIELDS = 5


async def fields_of(request: Request, *known: str) -> dict[str, str]:
    """The fields of a form, all of them among `known`.

    Raises: BadValue, for a form that none of our pages sends.
    """
    try:
        given = parse_qsl(
            (await request.body()).decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadValue("form") from None
    fields = dict(given)
    if len(fields) < len(given) or not fields.keys() <= set(known):
        raise BadValue("form")
    return {name: value.strip() for name, value in fields.items()}
