"""Publisher: publishes letters that two editors approved, and figures about all letters."""
