"""Tests of sending, most of them before a scripted mail server."""
