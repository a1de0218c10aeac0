"""Normalised text, and the words and n-grams that rules read in it."""
