"""Which passwords may be chosen."""
