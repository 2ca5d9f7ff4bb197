"""What other services keep of accounts, as a feed that they pull."""
