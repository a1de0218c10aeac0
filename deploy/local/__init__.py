"""The local stack: all that `python -m deploy.local` starts on one machine for development."""
