"""The manifests of deploy/kubernetes, as kustomize builds them: whole, safe, and of this code."""
