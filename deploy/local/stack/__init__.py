"""The development stack: its plan, processes, ports, keys and settings."""
