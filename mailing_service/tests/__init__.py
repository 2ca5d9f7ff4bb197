"""Tests of the mailing service on a real, migrated database."""
