"""Generators of clients make right ones from the document that people read."""
