"""Django's PostgreSQL backend that starts the embedded server with its first connection."""
