"""A real Chromium for tests: whatever goes wrong on a page is a failure, though nobody looked."""
