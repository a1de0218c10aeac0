"""What holds when any process dies at any step? Real processes, ended at exactly that step."""
