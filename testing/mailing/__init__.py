"""Runs of mailings, and the worker's process."""
