"""What we remember, in SQLite or PostgreSQL."""
