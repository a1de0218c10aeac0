"""What do the services and the bureaus say to each other? Pure: models, names and one codec.

Needs the standard library and pydantic only, and imports nothing else of this project, so that
a bureau's programmer can take this folder alone.
"""
