"""What the tests of several packages share; in no image but that of the tests."""
