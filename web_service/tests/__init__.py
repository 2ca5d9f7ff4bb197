"""Tests of the web service: pages as HTML, on a real database, before a scripted gateway."""
