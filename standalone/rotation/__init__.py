"""Changing secrets without losing what the old ones protect."""
