"""Places named in a letter, and the city and office that they lead to."""
