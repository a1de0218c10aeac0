"""Consume topics: fetch, handle, commit, and set aside records that can't be used."""
