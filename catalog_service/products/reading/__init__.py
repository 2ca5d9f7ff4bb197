"""Reading products and lists from the database."""
