"""What the shop has sold, summed up for its staff."""
