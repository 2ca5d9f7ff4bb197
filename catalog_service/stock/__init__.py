"""How many pieces of a product are left, for those that are counted."""
