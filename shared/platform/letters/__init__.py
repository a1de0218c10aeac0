"""One MongoDB document per letter: load, decide, store and send."""
