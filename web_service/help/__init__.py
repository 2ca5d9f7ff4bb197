"""What one may do here, by role, and where: a map of the pages."""
