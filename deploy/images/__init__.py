"""How the images of the services are built, and what runs in them beside a service."""
