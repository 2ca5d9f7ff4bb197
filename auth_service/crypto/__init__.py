"""Pure cryptography: no database, no web framework, no settings."""
