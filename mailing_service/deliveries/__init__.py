"""Deliveries: their states, how they move, and what is shown of them."""
