"""PostgreSQL: roles, connections, outages, and statements that are written once."""
