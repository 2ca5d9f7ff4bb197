"""The way to mail servers: header fields, messages, signatures, connections, one template."""
