"""Comparing and aligning a cluster's users, rights, quotas and topics with the contract."""
