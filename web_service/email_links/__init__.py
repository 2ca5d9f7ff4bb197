"""Links of emails: their tokens leave the address for a sealed cookie."""
