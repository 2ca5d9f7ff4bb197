"""The catalog: the products of the shop."""
