"""What managers see of the mail servers and of what waits for them."""
