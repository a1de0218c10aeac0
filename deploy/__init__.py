"""How do the services get onto a machine? Locally (`local/`), and on Kubernetes (`k8s/`)."""
