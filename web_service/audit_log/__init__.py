"""What happened to accounts and to mailings, for administrators."""
