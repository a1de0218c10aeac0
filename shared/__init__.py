"""Code shared by the four services: contracts, kernel, rules, sealing and platform."""
