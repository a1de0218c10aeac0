"""Keys, and sealing at rest."""
