"""What works, and how old keys and backup are, for administrators."""
