"""Everybody's accounts, for managers and administrators."""
