"""What managers and administrators do with the accounts of others."""
