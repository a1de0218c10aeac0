"""Start, run and operate a service: shell, web server and the operators' commands."""
