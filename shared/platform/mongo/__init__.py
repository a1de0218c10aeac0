"""The MongoDB driver and paging by keys."""
