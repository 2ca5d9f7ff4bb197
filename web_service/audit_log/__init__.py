"""What happened to accounts, to mailings, to products and orders, for administrators."""
