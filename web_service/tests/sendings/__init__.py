"""Tests of mailings, their emails, statistics and moderation as pages."""
