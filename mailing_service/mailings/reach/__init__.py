"""Who a mailing reaches, and who lacks what it needs."""
