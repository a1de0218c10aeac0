"""The contracts between services and bureaus: models, names and one codec.

Needs only the standard library and pydantic, and imports nothing else of this project, so that a
bureau's programmers can use this folder alone.
"""
