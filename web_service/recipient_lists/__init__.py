"""Lists of recipients: who stands in which."""
