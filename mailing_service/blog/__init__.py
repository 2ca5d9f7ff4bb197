"""Articles: drafts that editors write, and what is published of them."""
