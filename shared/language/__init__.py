"""Texts in the language of their reader."""
