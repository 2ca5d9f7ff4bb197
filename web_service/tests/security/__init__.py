"""Tests of what keeps a page from being used against its reader."""
