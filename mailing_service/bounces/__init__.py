"""Emails that came back: what they say, and what follows from it."""
