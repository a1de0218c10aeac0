"""Triage, category and police type of a letter."""
