"""What a user is about to buy."""
