"""Types of the fields that requests, settings and files have in common."""
