"""The MongoDB driver, and keyset paging."""
