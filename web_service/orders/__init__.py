"""Orders: placing one out of the cart, looking at them, cancelling."""
