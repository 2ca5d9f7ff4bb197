"""What the tests of several packages need; in no image but that of the tests."""
