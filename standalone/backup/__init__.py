"""Backups: databases, their folders of files and the secrets of both, in one encrypted archive.

Runs in a container too, where nothing is installed but PostgreSQL's programs and `cryptography`.
"""
