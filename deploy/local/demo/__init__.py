"""The demo: 240 letters sent and followed to their ends."""
