"""Browser sessions: an opaque cookie, and behind it the tokens that no browser sees."""
