"""Responses with entity tags, and the short way to a 304."""
