"""Write down who did what to whose mailing."""
