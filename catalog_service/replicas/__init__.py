"""Reading from streaming replicas: what they answer is what the primary would have answered."""
