"""One module per invariant; each checks one letter's case and yields what breaks it."""
