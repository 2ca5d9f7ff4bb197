"""An embedded PostgreSQL: its programs, its data folder, its server."""
