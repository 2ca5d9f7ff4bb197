"""Who asks: tokens, the keys they are verified by, and what an endpoint learns of a user."""
