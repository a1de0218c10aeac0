"""What a process starts with: settings, secrets, logs, clock and data files."""
