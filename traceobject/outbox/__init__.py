"""The outbox: the next step of everything accepted, kept in the database until it is done."""
