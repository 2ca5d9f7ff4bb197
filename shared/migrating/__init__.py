"""Change the schema of a service's database."""
