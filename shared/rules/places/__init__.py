"""Places named in a letter, and the city and office to which they lead."""
