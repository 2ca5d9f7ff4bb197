"""Defaults that every process of Vitrina shares; see README.md for what may live here."""
