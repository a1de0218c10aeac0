"""Trainers of the classifiers: one command for each table of weights."""
