"""Everybody's orders, for managers and administrators, and what they come to."""
