"""Addresses that get no email, and why."""
