"""Files of writers: storage in sealed chunks, cleaning in a child process, scanning."""
