"""Addresses that get no email, and how people leave."""
