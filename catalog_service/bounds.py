"""How much a cart, and so an order, may hold."""

MAX_QUANTITY = 999
"""Pieces that one line may hold."""
MAX_LINES = 200
"""Lines that one cart may hold."""
MAX_TOTAL = 2**53 - 1
"""The largest integer that every reader of JSON keeps exact (RFC 8259 section 6)."""
