"""One document for each letter: load, decide, store and send."""
