"""The notifier: watches clocks, and notifies writers and staff."""
