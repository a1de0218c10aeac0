"""What is generated for Kubernetes, and are the manifests right? Answered without a cluster."""
