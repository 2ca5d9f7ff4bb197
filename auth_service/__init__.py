"""The auth service: owns users and their sessions, and issues the tokens that everyone verifies."""
