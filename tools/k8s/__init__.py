"""Generating files for Kubernetes, and checking the manifests without a cluster."""
