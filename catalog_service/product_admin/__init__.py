"""Changing the products: what managers and administrators do, singly and in bulk."""
