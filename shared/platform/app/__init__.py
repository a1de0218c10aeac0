"""Starting, running and operating a service: its shell, web server and operators' commands."""
