"""What others start from when they build against the mailbox."""
