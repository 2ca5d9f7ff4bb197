"""Emails: the outbox, their texts and the worker that sends them."""
