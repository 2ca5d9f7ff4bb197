"""Requests that are done once."""
