"""Full text search over the names."""
