"""The staff desk's pages. None yet: triage works through the API, bureaus through their topics."""
