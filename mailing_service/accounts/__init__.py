"""What auth says of the people who write mailings, and what that ends."""
