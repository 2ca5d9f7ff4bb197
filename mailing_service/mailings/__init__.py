"""Mailings: their windows, statuses and runs."""
