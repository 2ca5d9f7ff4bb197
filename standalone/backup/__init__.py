"""Backups: both databases and the secrets that belong to them, in one encrypted archive.

Runs in a container too, where nothing is installed but PostgreSQL's programs and `cryptography`.
"""
