"""Products: looking through them, one by one and in lists."""
