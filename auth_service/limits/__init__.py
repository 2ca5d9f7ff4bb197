"""Rate limits that all processes share."""
