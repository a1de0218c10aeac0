"""The command line of the bureau's client."""
