"""The only door: checks the token, then passes requests on to the services and responses back."""
