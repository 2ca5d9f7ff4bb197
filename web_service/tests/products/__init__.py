"""Tests of the pages of products."""
