"""What the audit logs of all services have alike: filters, names, and how they are exported."""
