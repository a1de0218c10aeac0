"""Normalised text, and the words and pieces that rules read in it."""
