"""How the router stores letters and finds them again."""
