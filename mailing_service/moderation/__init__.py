"""What managers decide about mailings."""
