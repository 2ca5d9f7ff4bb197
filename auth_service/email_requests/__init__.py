"""Emails that are asked for by a login: queued, and written later."""
