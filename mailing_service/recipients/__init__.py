"""Recipients: the people whom an owner writes to."""
