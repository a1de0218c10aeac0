"""Intake: accepts letters, knows who wrote them, and shows writers what becomes of them."""
