"""Mailings: written, submitted, watched, stopped; what the addresses call sendings."""
