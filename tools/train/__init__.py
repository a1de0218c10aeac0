"""Trainers of the classifiers: one command per table of weights."""
