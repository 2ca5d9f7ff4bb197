"""The client's side of HTTP/1.1: its connections, its requests byte for byte, and their bodies."""
