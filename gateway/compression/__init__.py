"""Responses compressed on their way out, where the service has not done it."""
