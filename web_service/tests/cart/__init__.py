"""Tests of the pages of cart."""
