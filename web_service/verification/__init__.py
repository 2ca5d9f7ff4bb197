"""Confirming an email, by the link of an email or by its code."""
