"""The whole system as people see it: in Chromium, through the gateway's address only."""
