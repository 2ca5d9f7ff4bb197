"""Emails and the way to mail servers."""
