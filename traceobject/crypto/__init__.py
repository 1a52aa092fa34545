"""Secrets at rest: what is sealed, and with which keys."""
