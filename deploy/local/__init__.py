"""Everything that one command starts on one machine, for development: `python -m deploy.local`."""
