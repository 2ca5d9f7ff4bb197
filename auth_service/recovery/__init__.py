"""Changing a password, and setting a new one where it is forgotten."""
