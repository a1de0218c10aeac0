"""The broker as the bureau's client sees it: connection, records, reader and producer."""
