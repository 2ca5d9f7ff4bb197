"""What everybody is shown first: how much is sent, and a few articles."""
