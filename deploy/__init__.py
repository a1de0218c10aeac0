"""Deployment: the local stack (`local/`), images, and Kubernetes (`k8s/`)."""
