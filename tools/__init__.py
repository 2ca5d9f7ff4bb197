"""What writes and checks generated files; no part of the running system."""
