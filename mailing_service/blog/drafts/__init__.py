"""Articles as their editors see them, published or not."""
