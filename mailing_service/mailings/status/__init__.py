"""The status of a mailing, of its owner and of its runs, and what may follow which."""
