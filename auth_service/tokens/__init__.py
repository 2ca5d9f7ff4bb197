"""Issuing the pair of an access token and a refresh token."""
