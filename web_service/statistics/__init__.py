"""What became of emails, counted, and as plots."""
