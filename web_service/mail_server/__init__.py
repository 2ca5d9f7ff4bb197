"""The mail server of mailings, for managers."""
