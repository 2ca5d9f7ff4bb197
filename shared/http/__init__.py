"""What every process does with requests and responses, and how its API is documented."""
