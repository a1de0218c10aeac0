"""What the four services share: `contracts` (words between them), `kernel` (rules), `platform`."""
