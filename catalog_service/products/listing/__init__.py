"""What a list is asked for: its query, its order and the position in it."""
