"""The documents at /.well-known."""
