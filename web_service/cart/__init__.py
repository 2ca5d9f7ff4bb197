"""The cart: what a customer is about to buy."""
