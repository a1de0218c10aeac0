"""One module for each invariant; each asks one letter's case and names what breaks it. Pure."""
