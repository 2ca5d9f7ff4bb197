"""Verifying an email by code or link."""
