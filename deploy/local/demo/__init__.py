"""The demo: 240 letters played to their ends."""
