"""Recording what happened to accounts."""
