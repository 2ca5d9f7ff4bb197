"""Emails of a mailing: who got one, who did not, and what the mail server said."""
